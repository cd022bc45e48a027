/** Tools of other authors read the bundled description, and what they generate from it compiles. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import SwaggerParser from "@apidevtools/swagger-parser";
import { readDescription, readDocument } from "@dingrole/spec";
import spectral from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";
import { afterAll, expect, test, vi } from "vitest";
import { type Compiler, compile, compilers, targets } from "./compilers.ts";

const folder = mkdtempSync(join(import.meta.dirname, ".project-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ids = readDescription().operations.map(({ id }) => id);
const file = createRequire(import.meta.url).resolve("@dingrole/spec/openapi.json");

test("Spectral has no warning by its rules for OpenAPI", async () => {
  const linter = new spectral.Spectral();
  linter.setRuleset({ extends: [rulesets.oas as never] });
  expect(await linter.run(readDocument())).toEqual([]);
});

test("swagger-parser validates it", async () => {
  const { paths = {} } = await SwaggerParser.validate(readDocument() as never);
  expect(Object.keys(paths)).toHaveLength(ids.length);
});

test("hey-api and orval generate a function of each operation, and their code compiles", async () => {
  // hey-api needs TypeScript 5, which only packages/types has.
  const typescript = pathToFileURL(join(compilers[1]?.path ?? "", "lib/typescript.js")).href;
  const hooks = registerHooks({
    resolve: (name, context, next) =>
      name === "typescript" ? { url: typescript, shortCircuit: true } : next(name, context),
  });
  const [{ createClient }, { generate }] = await Promise.all([import("@hey-api/openapi-ts"), import("orval")]);
  await createClient({
    input: file,
    output: join(folder, "hey-api"),
    plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
    logs: { level: "silent", file: false },
  });
  vi.spyOn(console, "log").mockReturnValue(); // orval reports its success there.
  await generate({ input: file, output: { target: join(folder, "orval.ts"), client: "fetch" } });
  hooks.deregister();
  const programs = ["hey-api/index.ts", "orval.ts"].map((name) => join(folder, name));
  const options = { ...targets.bundler, exactOptionalPropertyTypes: false, allowImportingTsExtensions: true };
  for (const program of programs)
    for (const id of ids) expect(readFileSync(program, "utf8")).toMatch(new RegExp(`\\b${id}\\b`));
  expect(await compile(compilers.at(-1) as Compiler, programs, options)).toBe("");
});
