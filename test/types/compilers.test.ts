import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** The oldest that is promised, the last one in JavaScript that the repository has, and the native one. */
const compilers = ["test/types", "packages/types", "."].map((folder) => {
  const path = join(root, folder, "node_modules/typescript");
  return { path, version: JSON.parse(readFileSync(join(path, "package.json"), "utf8")).version as string };
});

const settings = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  verbatimModuleSyntax: true,
  noEmit: true,
  target: "es2022",
  lib: ["es2022", "dom", "dom.iterable"],
  types: [],
};

/** What a compiler says of the program; nothing, where it compiles. */
async function compile(path: string, options: object): Promise<string> {
  const project = mkdtempSync(join(import.meta.dirname, ".project-"));
  try {
    const config = { compilerOptions: { ...settings, ...options }, files: ["../program.ts"] };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
    await run(process.execPath, [join(path, "bin/tsc"), "--project", project]);
    return "";
  } catch (error) {
    return (error as { stdout?: string }).stdout || String(error);
  } finally {
    rmSync(project, { recursive: true });
  }
}

describe.each(compilers)("TypeScript $version", ({ path }) => {
  test("compiles a program with the published types under nodenext", async () => {
    expect(await compile(path, { module: "nodenext" })).toBe("");
  });

  test("compiles it for a bundler", async () => {
    expect(await compile(path, { module: "esnext", moduleResolution: "bundler" })).toBe("");
  });

  test("finds a fault in it where there is one", async () => {
    expect(await compile(path, { module: "nodenext", lib: ["es2022"] })).toContain("error TS");
  });
});

test("5.4 is the oldest, and 7 the newest", () => {
  expect(compilers.map(({ version }) => version.split(".").slice(0, 2).join("."))).toEqual(["5.4", "5.9", "7.0"]);
});
