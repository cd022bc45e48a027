/** Edits of the description. A separate file, because it takes as long as all other commands together. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { copyRepository } from "./copy.ts";

let copy: ReturnType<typeof copyRepository>;
beforeAll(() => {
  copy = copyRepository();
});
afterEach(() => copy.restore());
afterAll(() => copy.remove());

test("npm test fails after an edit without generate, says how to fix it, passes after generate, and lists skipped tests", async () => {
  copy.edit("spec/openapi.yaml", /^( {2}schemas:\n +\w+:\n +type: object\n +description: ).*$/m, "$1Edited.");
  const before = await copy.run("npm", "test", "--", "drift");
  expect(before.code).toBe(1);
  expect(before.output).toContain("run `npm run generate`");
  expect(result(before)).toMatch(/^\d+ passed, [1-9]\d* failed$/);
  expect(before.output).toContain("✗ @dingrole/types drift");

  expect((await copy.run("npm", "run", "generate")).code).toBe(0);
  expect(copy.read("packages/types/src/generated/openapi.ts")).toContain("Edited.");
  const after = await copy.run("npm", "test", "--", "drift");
  expect(result(after)).toMatch(/^\d+ passed, 0 failed$/);
  for (const name of ["types", "client", "cli", "mock", "docs"])
    expect(after.output).toContain(`✓ @dingrole/${name} drift`);
  expect(after.code).toBe(0);

  copy.edit("spec/description.test.ts", /$/, '\ntest("a skipped test", ({ skip }) => skip());\n');
  const skipped = await copy.run("npm", "test", "--", "test", "--filter=@dingrole/spec");
  expect(result(skipped)).toMatch(/^\d+ passed, 0 failed, 1 skipped$/);
  expect(skipped.output).toContain("  – @dingrole/spec test skipped: a skipped test\n");
  expect(skipped.code).toBe(0);
});

test("operations that are added to the description become typed client methods, mock routes, samples and sections of the docs", async () => {
  const operations = copy.read("spec/imagined-operations.yaml").replaceAll("$", "$$$$");
  copy.edit("spec/openapi.yaml", /^components:/m, `${operations}\n$&`);
  expect((await copy.run("npm", "run", "generate")).output).toContain("✓ @dingrole/client generate");
  const types = copy.read("packages/client/src/generated/types.ts");
  expect(types).toContain("addTeam(input: AddTeamInput, options?: CallOptions): Promise<AddTeamResult>;");
  expect(types).toContain("pingTeams(input?: PingTeamsInput, options?: CallOptions): Promise<PingTeamsResult>;");
  expect(types).toContain("listTeams(input?: ListTeamsInput, options?: CallOptions): Promise<ListTeamsResult>;");

  // Biome reads no generated file, and drift would generate the same files again.
  const all = await copy.run("npm", "test", "--", "build", "typecheck", "--filter=!@dingrole/dev");
  expect(result(all), all.output).toMatch(/^\d+ passed, 0 failed$/);
  for (const id of [
    "addTeam",
    "addTeamsForPeople",
    "deleteTeam",
    "limitTeam",
    "listTeamPeople",
    "listTeams",
    "pingTeams",
  ])
    expect(copy.read("docs/dist/index.html")).toContain(`(${id})`);
  // The test files that go through all operations. One vitest runs them all, and installs no packages.
  const files = [
    "packages/client/src/create-client",
    ...["fetch", "gateway"].map((name) => `packages/mock/src/${name}`),
    ...["broken-answers", "broken-requests", "examples", "tokens", "ways"].map((name) => `test/contract/${name}`),
    ...["budgets", "exports"].map((name) => `test/consumers/${name}`),
  ].map((file) => `${file}.test.ts`);
  const { code, output } = await copy.run("npx", "vitest", "run", "--config=packages/dev/vitest.config.ts", ...files);
  expect(code, output).toBe(0);
  expect(JSON.parse(copy.read(".vitest/results.json")).testResults).toHaveLength(files.length);
  // The samples in the languages that need no compiler, against a success and a failure.
  const titles =
    "(addTeam|addTeamsForPeople|listTeams|pingTeams)(\\.| in (curl|Python|TypeScript) .*(sends the described request|HTTP 200|code of a failure))";
  const samples = await copy.run("npm", "test", "--workspace", "test/samples", "--", "--testNamePattern", titles);
  expect(samples.code, samples.output).toBe(0);
  const [{ assertionResults }] = JSON.parse(copy.read("test/samples/.vitest/results.json")).testResults;
  const passed = assertionResults.filter(({ status }: { status: string }) => status === "passed");
  const sent = passed.filter(({ title }: { title: string }) => title.startsWith("sends the described request"));
  // Four operations in three languages, short and full.
  expect(sent).toHaveLength(24);
});

/** The last line of `npm test`. */
function result({ output }: { output: string }): string | undefined {
  return output.trimEnd().split("\n").at(-1);
}
