import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { type MockServer, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const pages = globSync(["README.md", "packages/*/README.md", "docs/**/*.md"], {
  cwd: root,
  exclude: ["**/node_modules/**", "**/dist/**"],
});
const folder = join(import.meta.dirname, ".snippets");

interface Snippet {
  file: string;
  code: string;
  /** What it prints, where the page says so: the `text` block right after it. */
  output?: string;
}

const snippets: Snippet[] = pages.flatMap((page) => {
  const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^```(\w+)\n(.*?)^```\n/gms)];
  return blocks.flatMap(([, language, code], index) => {
    if (language !== "ts") return [];
    const isTest = code?.includes('from "vitest"');
    const file = join(folder, `${page.replaceAll(/\W/g, "-")}-${index}${isTest ? ".test" : ""}.ts`);
    const [, next, output] = blocks[index + 1] ?? [];
    return [{ file, code: code as string, ...(next === "text" && { output: output as string }) }];
  });
});

let mock: MockServer;
beforeAll(async () => {
  mock = await startMock();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const { file, code } of snippets) writeFileSync(file, `${code}\nexport {};\n`);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", include: ["*.ts"] }));
});
afterAll(() => mock.close());

test("each package's page has a snippet", () => {
  expect(snippets.length).toBeGreaterThanOrEqual(4);
});

test("the snippets compile", async () => {
  await expect(run("tsc", ["--project", folder])).resolves.toMatchObject({ stdout: "" });
}, 60_000);

describe.each(snippets.filter(({ file }) => file.endsWith(".test.ts")))("$file", ({ file }) => {
  test("passes in vitest", async () => {
    const env = { ...process.env, NO_COLOR: "1" };
    const { stdout } = await run("vitest", ["run", "--root", folder, file], { env });
    expect(stdout).toMatch(/Tests +1 passed/);
  });
});

describe.each(snippets.filter(({ file }) => !file.endsWith(".test.ts")))("$file", ({ file, output }) => {
  test(output === undefined ? "runs against the mock" : "prints what the page says", async () => {
    const { stdout, stderr } = await run(
      process.execPath,
      ["--import", join(import.meta.dirname, "to-mock.ts"), file],
      {
        env: { ...process.env, DINGTALK_ACCESS_TOKEN: "6d1bxxxx", MOCK_URL: mock.url },
      },
    );
    expect(stderr).toBe("");
    if (output !== undefined) expect(stdout).toBe(output);
  });
});

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");

  test("has no dead link to a file", () => {
    const targets = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target as string);
    const dead = targets.filter(
      (target) => !/^https?:/.test(target) && !existsSync(resolve(root, dirname(page), target)),
    );
    expect(dead).toEqual([]);
  });

  test("names only commands that there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const named = [...text.matchAll(/npm (?:run )?(start|test|(?<=run )[\w:-]+)/g)].map(
      ([, script]) => script as string,
    );
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});
