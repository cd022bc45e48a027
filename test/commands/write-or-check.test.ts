import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../run.ts";

test("a generator writes its files; with --check it names each file that differs, is missing, or is unknown", async () => {
  const parent = mkdtempSync(join(tmpdir(), "dingrole-generated-"));
  const folder = join(parent, "generated");
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const generate = (files: object, ...flags: string[]) =>
    run(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { writeOrCheck } from ${JSON.stringify(import.meta.resolve("@dingrole/dev/write-or-check"))};
       writeOrCheck(${JSON.stringify(folder)}, ${JSON.stringify(files)});`,
      "--",
      ...flags,
    ]);

  const files = { "a.ts": "a", "b.ts": "b" };
  const missing = await generate(files, "--check").catch((error) => error);
  expect(missing.stderr).toMatch(/^.*a\.ts is not what .*\n.*b\.ts is not what .*\n$/);
  await generate(files);
  expect(readdirSync(folder)).toEqual(["a.ts", "b.ts"]);
  await generate(files, "--check");

  writeFileSync(join(folder, "d.ts"), "d");
  const { code, stderr } = await generate({ "a.ts": "a", "b.ts": "B", "c.ts": "c" }, "--check").catch((error) => error);
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.stringMatching(/b\.ts is not what spec\/ generates: run `npm run generate` and commit what it changes$/),
    expect.stringMatching(/c\.ts is not what spec\/ generates: run `npm run generate` and commit what it changes$/),
    expect.stringMatching(/d\.ts is a file that nothing generates: delete it$/),
  ]);
  expect(readdirSync(folder)).toEqual(["a.ts", "b.ts", "d.ts"]);
});
