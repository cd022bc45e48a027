import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../.github/workflows");
const workflows = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));

test.each(workflows)("$file may only read the repository, pins its actions, and has timeouts", ({ text }) => {
  expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m);
  const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(actions).not.toEqual([]);
  expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(String(action)))).toEqual(
    [],
  );
  expect(text.match(/timeout-minutes: \d+/g)).toHaveLength(text.match(/runs-on:/g)?.length ?? 0);
});

test("only the job that publishes can sign, and it publishes after all tests", () => {
  const jobs = workflows.flatMap(({ text }) => text.split(/^ {2}(?=[\w-]+:\n {4}name:)/m));
  const signing = jobs.filter((job) => job.includes("id-token: write"));
  expect(signing).toEqual([expect.stringMatching(/^publish:.*run: npm test\n.*run: npm run release:publish\n/s)]);
});

test("every published package is public, with provenance", () => {
  const packages = join(import.meta.dirname, "../../packages");
  for (const name of readdirSync(packages).filter((name) => name !== "dev")) {
    const { publishConfig } = JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));
    expect(publishConfig, name).toEqual({ access: "public", provenance: true });
  }
});
