import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, compilers, targets } from "./compilers.ts";

/** The errors of a compiler for each call of `createClient`, in order. */
async function explain(compiler: (typeof compilers)[number], calls: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(import.meta.dirname, ".project-"));
  try {
    const lines = ['import { createClient } from "@dingrole/client";', "declare const maybe: string | undefined;"];
    writeFileSync(join(folder, "calls.ts"), [...lines, ...calls, "export {};"].join("\n"));
    const options = { ...targets.nodenext, skipLibCheck: true }; // test/consumers compiles the libraries too.
    return (await compile(compiler, join(folder, "calls.ts"), options)).split(/^(?=\S)/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// That each compiler compiles the program, test/consumers holds, with the packed types.
describe.each(compilers)("TypeScript $version", (compiler) => {
  test("says which credential is missing, or may be undefined", async () => {
    const [token, key, secret, store, ...others] = await explain(compiler, [
      "createClient({ accessToken: maybe });",
      'createClient({ appKey: maybe, appSecret: "b" });',
      "createClient({ appKey: maybe, appSecret: maybe });",
      "createClient({ appKey: maybe, appSecret: maybe, tokenStore: new Map() });",
      'createClient({ appKey: "a" });',
      'createClient({ region: "china" });',
      'createClient({ accessToken: "a", appKey: "b", appSecret: "c" });',
    ]);
    expect(token).toContain("type 'TokenCredentials'");
    expect(token).toMatch(/Types of property 'accessToken' .* Type 'undefined' is not assignable to type 'string/s);
    expect(token).not.toMatch(/appKey|appSecret/);
    expect(key).toMatch(/Types of property 'appKey' .* Type 'undefined' is not assignable to type 'string'/s);
    for (const each of [secret, store]) {
      expect(each).toContain("Type 'string | undefined' is not assignable to type 'string'");
      expect(each).not.toContain("accessToken");
    }
    expect(others).toEqual([
      expect.stringMatching(/ 'appSecret' is missing in type .* but required in type 'AppCredentials'/),
      expect.stringMatching(/ 'accessToken' is missing in type .* but required in type 'TokenCredentials'/),
      expect.stringMatching(
        /Types of property 'appKey' are incompatible.\s+Type 'string' is not assignable to type 'undef/,
      ),
    ]);
  });

  test("finds a fault in the program", async () => {
    const program = join(import.meta.dirname, "program.ts");
    expect(await compile(compiler, program, { ...targets.nodenext, lib: ["es2022"] })).toContain("error TS");
  });
});

test("the oldest compiler is 5.4, and the newest 7", () => {
  expect(compilers.map(({ version }) => version.split(".").slice(0, 2).join("."))).toEqual(["5.4", "5.9", "7.0"]);
});
