import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, inject, test } from "vitest";
import { root } from "./packages.ts";
import { nodes } from "./runtimes.ts";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const folder = join(inject("installed"), "programs/jest");

describe.each(["jest-29", "jest-30"])("%s", (name) => {
  const jest = join(dirname(require.resolve(`${name}/package.json`)), "bin/jest.js");

  test.each(nodes.filter(({ name, command }) => command && /repository|20/.test(name)))(
    "requires the client without configuration on $name",
    async ({ command }) => {
      const { stderr } = await run(command?.[0] as string, [jest, "--runInBand", "--no-watchman"], { cwd: folder });
      expect(stderr).toMatch(/^Tests: +12 passed, 12 total$/m);
    },
  );

  test("starts the mock beside its tests, as the README of the mock says", async () => {
    const cwd = join(import.meta.dirname, "programs/jest-with-mock"); // Not installed in the temporary folder: the mock has foreign dependencies.
    const { stderr } = await run(process.execPath, [jest, "--runInBand", "--no-watchman"], { cwd });
    expect(stderr).toMatch(/^Tests: +2 passed, 2 total$/m);
    const page = readFileSync(join(root, "packages/mock/README.md"), "utf8");
    for (const file of ["start-mock.mjs", "stop-mock.mjs"])
      expect(page).toContain(readFileSync(join(cwd, file), "utf8"));
  });
});
