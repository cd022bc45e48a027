import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { type MockServer, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../run.ts";

const root = join(import.meta.dirname, "../..");
const pages = globSync(["README.md", "packages/*/README.md", "docs/**/*.md", "test/bench/README.md"], {
  cwd: root,
  exclude: ["**/node_modules/**", "**/dist/**"],
});
const folder = join(import.meta.dirname, ".snippets");

interface Snippet {
  file: string;
  code: string;
  /** The output, if the page has it: the `text` block after the snippet. */
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

/** The anchors of a Markdown file's headings, as GitHub makes them. Any other file has none. */
function anchorsOf(file: string): string[] {
  if (!file.endsWith(".md")) return [];
  const prose = readFileSync(file, "utf8").replaceAll(/^```.*?^```/gms, "");
  const seen = new Map<string, number>();
  return [...prose.matchAll(/^#{1,6} +(.*)/gm)].map(([, heading = ""]) => {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

const variables = {
  DINGTALK_ACCESS_TOKEN: "6d1bxxxx",
  DINGTALK_APP_KEY: "dingxxxx",
  DINGTALK_APP_SECRET: "xxxx",
};
const runSnippet = (file: string, env: Record<string, string>) =>
  run(process.execPath, ["--import", join(import.meta.dirname, "to-mock.ts"), file], {
    env: { PATH: process.env.PATH, MOCK_URL: mock.url, ...env },
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

test("the README of each package has a snippet", () => {
  expect(snippets.length).toBeGreaterThanOrEqual(4);
});

test("the snippets compile", async () => {
  await expect(run("tsc", ["--project", folder])).resolves.toMatchObject({ stdout: "" });
}, 60_000);

const tests = snippets.map(({ file }) => file).filter((file) => file.endsWith(".test.ts"));
let vitest: ReturnType<typeof run> | undefined;

describe.each(tests)("%s", (file) => {
  test("passes in vitest", async () => {
    // One vitest runs them all: each start of it costs more than the tests.
    vitest ??= run("vitest", ["run", "--root", folder, ...tests], { env: { ...process.env, NO_COLOR: "1" } });
    const { stdout } = await vitest;
    expect(stdout).toContain(`✓ ${basename(file)} (1 test)`);
  });
});

describe.each(snippets.filter(({ file }) => !file.endsWith(".test.ts")))("$file", ({ file, output }) => {
  test(output === undefined ? "runs against the mock" : "prints what the page says", async () => {
    mock.reset();
    const { stdout, stderr } = await runSnippet(file, variables);
    expect(stderr).toBe("");
    if (output !== undefined) expect(stdout).toBe(output);
  });
});

test.each(Object.keys(variables))(
  "without the variable %s, each snippet that needs it names it, and sends nothing",
  async (name) => {
    const needing = snippets.filter(({ code }) => code.includes(name) && code.includes("createClient"));
    expect(needing.length).toBeGreaterThan(0);
    for (const { file } of needing) {
      const { [name as keyof typeof variables]: _, ...others } = variables;
      const option = name.endsWith("TOKEN") ? "accessToken" : name.endsWith("KEY") ? "appKey" : "appSecret";
      const error = new RegExp(`${option} .*(returned|not) an empty string`);
      mock.reset();
      await expect(runSnippet(file, others), file).rejects.toMatchObject({ stderr: expect.stringMatching(error) });
      expect(mock.requests, file).toEqual([]);
    }
  },
);

describe.each(pages)("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");

  test("has no dead link to a file or a heading", () => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
    const dead = targets.filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path, anchor] = target.split("#");
      const file = resolve(root, path ? join(dirname(page), path) : page);
      return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
    expect(dead).toEqual([]);
  });

  test("names only existing commands", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const named = [...text.matchAll(/npm (?:run )?(start|test|(?<=run )[\w:-]+\w)/g)].map(
      ([, script]) => script as string,
    );
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});

test("README has at most 100 lines", () => {
  expect(readFileSync(join(root, "README.md"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(100);
});

test("README's first install command works for an app in an empty folder, offline", async () => {
  const app = mkdtempSync(join(tmpdir(), "dingrole-app-"));
  try {
    const [, first = ""] = /^```sh\n(.*?)^```/ms.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
    const install = first.split("\n").find((line) => line.startsWith("npm install")) ?? "";
    const toPackage = install.split("#")[0]?.replace(" ../dingrole/", ` ${root}/`).trim() ?? "";
    // Without the settings of the repository's own npm.
    const env = { PATH: process.env.PATH, HOME: app, npm_config_offline: "true" };
    await run("/bin/sh", ["-c", `${toPackage} --no-audit --no-fund`], { cwd: app, env });
    writeFileSync(join(app, "app.mjs"), snippets.find(({ file }) => /README-md-\d+\.ts$/.test(file))?.code ?? "");
    const preload = ["--import", join(import.meta.dirname, "to-mock.ts")];
    const { stdout } = await run(process.execPath, [...preload, "app.mjs"], {
      cwd: app,
      env: { PATH: process.env.PATH, MOCK_URL: mock.url, ...variables },
    });
    expect(stdout).toBe("Created role group 1560985325\n");
  } finally {
    rmSync(app, { recursive: true });
  }
});
