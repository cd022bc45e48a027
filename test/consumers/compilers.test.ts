import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, compilers, targets } from "@dingrole/test-types/compilers.ts";
import { describe, expect, inject, test } from "vitest";
import { folderOf } from "./packages.ts";

const installed = inject("installed");
const at = (program: string) => join(installed, "programs", program);
// The same program that test/types compiles in the workspace.
cpSync(join(import.meta.dirname, "../types/program.ts"), at("program.ts"));
// The mock's types need neither its dependencies nor `@types/node`, so it is installed without them.
for (const part of ["package.json", "dist"])
  cpSync(join(folderOf("mock"), part), join(installed, "node_modules/@dingrole/mock", part), { recursive: true });

/** With this option on, CommonJS must use `import = require`. Most projects do not. */
const commonJs = { ...targets.nodenext, verbatimModuleSyntax: false };
const [newest] = compilers.toReversed();

describe.each(compilers)("TypeScript $version", (compiler) => {
  test.each(Object.entries(targets))(
    "compiles a program, and one with the mock, under %s, without skipLibCheck and without @types/node",
    async (_, target) => {
      expect(await compile(compiler, [at("program.ts"), at("mock.ts")], target)).toBe("");
    },
  );

  test("compiles CommonJS that requires the packages, or that uses import type and import()", async () => {
    expect(await compile(compiler, [at("import.cts"), at("require.cts")], commonJs)).toBe("");
  });
});

describe("the service, which must answer each failure with a status", () => {
  const compileService = (program: string) => compile(newest as (typeof compilers)[0], program, targets.nodenext);

  test("compiles unchanged", async () => {
    expect(await compileService(at("service.ts"))).toBe("");
  });

  test.each([
    ["a category", "generated/codes.d.ts", "type Category = ", 'type Category = "moon" | ', "'moon' is missing"],
    [
      "a class",
      "index.d.ts",
      "",
      'import { DingTalkError as Base } from "./errors.ts";\nexport declare class MoonError extends Base { readonly name: "MoonError" }\n',
      "MoonError",
    ],
  ])("does not compile if the client has %s more", async (_, file, from, to, fault) => {
    const copy = mkdtempSync(join(tmpdir(), "dingrole-service-"));
    try {
      cpSync(installed, copy, { recursive: true });
      const types = join(copy, "node_modules/@dingrole/client/dist", file);
      const text = readFileSync(types, "utf8");
      expect(text).toContain(from);
      writeFileSync(types, text.replace(from, to));
      const complaint = await compileService(join(copy, "programs/service.ts"));
      expect(complaint).toContain(fault);
      expect(complaint.match(/error TS\d+/g)).toEqual(["error TS2741"]);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });
});
