/** `dingrole mock`: runs the command of @dingrole/mock, an optional package. */
import { RefusedError } from "../outcome.ts";

export async function mock(args: readonly string[]): Promise<undefined> {
  process.argv.splice(2, process.argv.length, ...args);
  try {
    await import("@dingrole/mock/command");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new RefusedError("the mock is a separate package: npm install @dingrole/mock");
  }
}
