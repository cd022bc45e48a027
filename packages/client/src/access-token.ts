import type { ClientOptions } from "./client-options.ts";
import { InputError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";

/** The token for one call. */
export async function readToken(operation: OperationId, accessToken: ClientOptions["accessToken"]): Promise<string> {
  if (typeof accessToken === "string") return accessToken;
  let token: unknown;
  try {
    token = await accessToken();
  } catch (cause) {
    throw new InputError(operation, "the accessToken function failed", { cause });
  }
  if (typeof token !== "string" || token === "")
    throw new InputError(operation, "the accessToken function must return a string that is not empty");
  return token;
}
