import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findSpecBreaks, findTypeBreaks } from "./breaks.ts";
import { findLastRelease } from "./last-release.ts";

const root = join(import.meta.dirname, "../..");
const since = (name: string) => {
  const release = findLastRelease(root, name);
  return release ? `since ${release.tag}` : "without a release";
};

test(`the description has no unannounced breaking change: ${since("@dingrole/types")}`, async () => {
  expect(await findSpecBreaks(root)).toEqual([]);
});

test(`the type tests of the last release compile: ${since("@dingrole/client")}`, async () => {
  expect(await findTypeBreaks(root)).toEqual([]);
});

test("the releases in the changelogs have tags in this clone", () => {
  for (const name of ["types", "client"]) {
    const { version } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    const earlier = changelogOf(name).filter((each) => each !== version);
    if (earlier.length > 0) expect(findLastRelease(root, `@dingrole/${name}`), "fetch the tags").toBeDefined();
    else expect(["0.0.0", ...changelogOf(name)]).toContain(version);
  }
});

/** The versions in the changelog of a package. */
function changelogOf(name: string): string[] {
  try {
    const text = readFileSync(join(root, "packages", name, "CHANGELOG.md"), "utf8");
    return [...text.matchAll(/^## (\S+)$/gm)].map(([, version]) => version as string);
  } catch {
    return [];
  }
}

describe("in a repository with a release", () => {
  const repo = mkdtempSync(join(tmpdir(), "dingrole-release-"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: repo });
  const write = (file: string, text: string) => writeFileSync(join(repo, file), text);
  const edit = (file: string, from: RegExp, to: string) => {
    const text = readFileSync(join(repo, file), "utf8");
    expect(text).toMatch(from);
    write(file, text.replace(from, to));
  };
  const addChangeset = (name: string, type: string) =>
    write(".changeset/change.md", `---\n"@dingrole/${name}": ${type}\n---\n\nA change.\n`);

  beforeAll(() => {
    for (const file of ["openapi.yaml", "error-codes.yaml"]) cpSync(join(root, "spec", file), join(repo, "spec", file));
    cpSync(join(root, ".changeset/config.json"), join(repo, ".changeset/config.json"));
    cpSync(join(root, "test/types/program.ts"), join(repo, "test/types/program.ts"));
    for (const name of ["types", "client"]) {
      mkdirSync(join(repo, "packages", name), { recursive: true });
      write(`packages/${name}/package.json`, JSON.stringify({ name: `@dingrole/${name}`, version: "1.10.0" }));
    }
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--message=Release");
    for (const version of ["1.9.0", "1.10.0"])
      for (const name of ["types", "client"]) git("tag", `@dingrole/${name}@${version}`);
  });
  beforeEach(() => {
    git("reset", "--quiet", "--hard");
    git("clean", "--quiet", "--force");
  });
  afterAll(() => rmSync(repo, { recursive: true }));

  const way = "(since @dingrole/types@1.10.0: undo it, or add a major changeset for @dingrole/types)";
  const gettoken = /^ {2}\/gettoken:\n.*?(?=^\S)/ms;
  const breaks: [string, RegExp, string, string][] = [
    ["a removed operation", gettoken, "", `Path \`/gettoken\` was removed. ${way}`],
    [
      "a new required field",
      /required: \[name\]\n( +)properties:\n/,
      "required: [name, kind]\n$1properties:\n$1  kind: { type: string }\n",
      `Properties of \`RoleGroup\` became required: \`kind\`. ${way}`,
    ],
    [
      "a field of the answer that is not required any longer",
      /required: \[errcode, groupId\]/,
      "required: [errcode]",
      `Properties of \`CreatedRoleGroup\` are no longer required: \`groupId\`. ${way}`,
    ],
  ];

  test.each(breaks)("%s is a fault without a major changeset", async (_, from, to, fault) => {
    edit("spec/openapi.yaml", from, to);
    expect(await findSpecBreaks(repo)).toEqual([fault]);
    addChangeset("types", "minor");
    expect(await findSpecBreaks(repo)).toEqual([fault]);
    addChangeset("client", "major");
    expect(await findSpecBreaks(repo)).toEqual([fault]);
    addChangeset("types", "major");
    expect(await findSpecBreaks(repo)).toEqual([]);
  });

  test("a breaking change is allowed after changesets has written the major version", async () => {
    edit("spec/openapi.yaml", gettoken, "");
    edit("packages/types/package.json", /1\.10\.0/, "2.0.0");
    expect(await findSpecBreaks(repo)).toEqual([]);
  });

  test("a new optional field and a new summary are not breaking changes", async () => {
    edit("spec/openapi.yaml", /required: \[name\]\n( +)properties:\n/, "$&$1  kind: { type: string }\n");
    edit("spec/openapi.yaml", /summary: Create a role group$/m, "summary: Create one");
    expect(await findSpecBreaks(repo)).toEqual([]);
  });

  test("a released program that does not compile is a fault without a major changeset", async () => {
    expect(await findTypeBreaks(repo)).toEqual([]);
    edit("test/types/program.ts", /addRoleGroup\(\{ name \}\)/, "removeRoleGroup({ name })");
    git("commit", "--quiet", "--all", "--message=Use a removed method");
    git("tag", "@dingrole/client@1.11.0");
    expect(await findTypeBreaks(repo)).toEqual([
      expect.stringMatching(/program\.ts\(.*'removeRoleGroup' does not exist .*\(since @dingrole\/client@1\.11\.0: /),
    ]);
    addChangeset("client", "major");
    expect(await findTypeBreaks(repo)).toEqual([]);
  });
});
