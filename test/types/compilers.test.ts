import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, compilers, targets } from "./compilers.ts";

const program = join(import.meta.dirname, "program.ts");

describe.each(compilers)("TypeScript $version", (compiler) => {
  test("compiles a program with the published types under nodenext", async () => {
    expect(await compile(compiler, program, targets.nodenext)).toBe("");
  });

  test("compiles it for a bundler", async () => {
    expect(await compile(compiler, program, targets.bundler)).toBe("");
  });

  test("finds a fault in it where there is one", async () => {
    expect(await compile(compiler, program, { ...targets.nodenext, lib: ["es2022"] })).toContain("error TS");
  });
});

test("5.4 is the oldest, and 7 the newest", () => {
  expect(compilers.map(({ version }) => version.split(".").slice(0, 2).join("."))).toEqual(["5.4", "5.9", "7.0"]);
});
