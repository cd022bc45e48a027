import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const generators = globSync("packages/{client,mock,types}/generate.ts", { cwd: root });

test("types, client and mock each have a generator", () => {
  expect(generators.toSorted()).toEqual(
    ["client", "mock", "types"].map((name) => join("packages", name, "generate.ts")),
  );
});

describe.each(generators)("%s", (generator) => {
  const folder = join(dirname(generator), "src/generated");

  test("the committed files are the same as the generated ones", async () => {
    const { generate } = await import(join(root, generator));
    const files: Record<string, string> = await generate();
    for (const [file, text] of Object.entries(files)) {
      const path = join(root, folder, file);
      const committed = existsSync(path) ? readFileSync(path, "utf8") : "";
      expect(
        committed,
        `${folder}/${file} is not what spec/ generates: run \`npm run generate\` and commit what it changes`,
      ).toBe(text);
    }
    expect(
      readdirSync(join(root, folder)).toSorted(),
      `${folder} has a file that nothing generates: delete it`,
    ).toEqual(Object.keys(files).toSorted());
  });
});
