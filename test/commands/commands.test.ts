import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { copyRepository } from "./copy.ts";

let copy: ReturnType<typeof copyRepository>;
beforeAll(() => {
  copy = copyRepository();
});
afterEach(() => copy.restore());
afterAll(() => copy.remove());

/** Listens on a free port, which is then busy, or known to be free after a close. */
async function listen(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as { port: number }).port, server };
}

async function freePort(): Promise<string> {
  const { port, server } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const ports = async () => ["--mock-port", await freePort(), "--docs-port", await freePort()];

/** Changes the description, so that its build is not in the cache of turbo. */
const changeDescription = () => copy.edit("spec/openapi.yaml", /^ {2}version: .*$/m, `  version: ${Date.now()}.0.0`);

const patiently = { timeout: 60_000, interval: 200 };

/** The processes that run in the copy. */
function processesOf(folder: string): string {
  return execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(folder))
    .join("\n");
}

test("npm start creates a role group, serves the mock and the docs, and ends completely on Ctrl-C", async () => {
  const start = copy.start("npm", "start", "--", ...(await ports()));
  const output = await start.until(/Ctrl-C/);
  expect(output).toContain("name=%E5%88%B6%E9%80%A0%E9%83%A8");
  expect(output).toContain("access_token=***");
  expect(output).not.toContain("6d1bxxxx");
  expect(output).toContain("→ { groupId: 1560985325 }");
  const [mock, docs] = [/mock {2}(\S+)/, /docs {2}(\S+)/].map((pattern) => pattern.exec(output)?.[1] as string) as [
    string,
    string,
  ];
  expect((await fetch(`${mock}/gettoken?appkey=a&appsecret=b`)).status).toBe(200);
  expect(await (await fetch(docs)).text()).toContain("Create a role group");

  start.interrupt();
  await start.ended;
  await expect(fetch(mock)).rejects.toThrow();
  await expect(fetch(docs)).rejects.toThrow();
  expect(processesOf(copy.at("."))).toBe("");
});

test("npm start on a busy port prints one line that names the port and says what to do", async () => {
  const { port, server } = await listen();
  const { code, output } = await copy.run(
    "npm",
    "start",
    "--",
    "--mock-port",
    String(port),
    "--docs-port",
    await freePort(),
  );
  server.close();
  expect(code).toBe(1);
  expect(faults(output)).toEqual([
    `✗ port ${port} is in use: choose another with npm start -- --mock-port ${port + 10}`,
  ]);
});

test.each([
  [
    "an unknown field",
    /^( +)operationId: .*$/m,
    "$&\n$1operation: 1",
    /lint failed: spec\/openapi\.yaml:\d+:\d+: Property `operation` is not expected here\.$/,
  ],
  [
    "invalid YAML",
    /^paths:$/m,
    "paths: [",
    /lint failed: missed comma between flow collection entries in ".*openapi\.yaml" \(\d+:\d+\)$/,
  ],
  [
    "an invalid name",
    /operationId: .*$/m,
    "operationId: get-it",
    /lint failed: spec\/openapi\.yaml:\d+:\d+: The operationId must be a method name .*, not `get-it`\.$/,
  ],
])(
  "npm start with %s in the description prints one line with the place, and no process is left",
  async (_, from, to, fault) => {
    copy.edit("spec/openapi.yaml", from, to);
    const { code, output } = await copy.run("npm", "start", "--", ...(await ports()));
    expect(code).toBe(1);
    expect(faults(output)).toEqual([expect.stringMatching(fault)]);
    expect(processesOf(copy.at("."))).toBe("");
  },
);

test("a second run reruns only uncached tasks", async () => {
  const buildDocs = () => copy.run("npm", "test", "--", "build", "--filter=@dingrole/docs");
  await buildDocs();
  const stale = copy.at("docs/dist/client/stale.html");
  writeFileSync(stale, "");
  expect(rerun((await buildDocs()).output)).toEqual([]);
  expect(existsSync(stale), "a page of another build beside the cached pages").toBe(false);

  const filters = ["//", "@dingrole/client", "@dingrole/mock"].map((name) => `--filter=${name}`);
  const neverCached = ["@dingrole/client drift", "@dingrole/mock drift"];
  const check = () => copy.run("npm", "test", "--", "lint", "build", "typecheck", "drift", ...filters);
  await check();
  const second = await check();
  expect(rerun(second.output).toSorted()).toEqual(neverCached);
});

/** The hash of each task: turbo takes a result from its cache if the hash is the same. */
function hashes(): Map<string, string> {
  const args = ["run", "lint", "generate", "build", "typecheck", "test", "--dry=json"];
  const output = execFileSync("turbo", args, { cwd: copy.at("."), encoding: "utf8", stdio: "pipe" });
  return new Map(JSON.parse(output).tasks.map(({ taskId, hash }: Record<string, string>) => [taskId, hash]));
}

let before: Map<string, string>;
test.each([
  {
    file: "spec/openapi.yaml",
    rerun: [
      "spec#lint",
      "spec#build",
      "types#generate",
      "docs#generate",
      "client#generate",
      "mock#generate",
      "types#build",
      "client#build",
    ],
    kept: ["//#lint"],
  },
  {
    file: "packages/client/src/retry.ts",
    rerun: [
      "client#build",
      "client#test",
      "client#typecheck",
      "cli#typecheck",
      "cli#test",
      "docs#build",
      "test-faults#test",
    ],
    kept: ["types#build", "client#generate", "mock#build", "mock#test", "mock#typecheck"],
  },
  {
    file: "packages/client/src/generated/operations.ts",
    rerun: ["client#build", "client#typecheck"],
    kept: ["client#generate"],
  },
  {
    file: "packages/dev/tsconfig.json",
    rerun: ["client#typecheck", "client#build", "spec#typecheck", "test-faults#typecheck"],
    kept: ["client#generate", "spec#build"],
  },
  {
    file: "packages/dev/vitest.config.ts",
    rerun: ["client#test", "spec#test", "test-faults#test"],
    kept: ["client#build", "docs#build"],
  },
  {
    file: "packages/dev/write-or-check.ts",
    rerun: ["client#generate", "mock#generate", "types#generate"],
    kept: ["client#build", "client#test"],
  },
  { file: "packages/dev/start.ts", rerun: ["test-commands#test"], kept: ["client#build", "client#test"] },
  { file: "test/run.ts", rerun: ["test-readme#test", "test-readme#typecheck"], kept: ["client#build"] },
  {
    file: "README.md",
    rerun: ["test-readme#test"],
    kept: ["//#lint", "client#test", "client#typecheck", "mock#build", "mock#typecheck", "docs#build"],
  },
])("an edit of $file reruns the tasks that read it, and no others", ({ file, rerun, kept }) => {
  before ??= hashes();
  copy.edit(file, /$/, "\n");
  const after = hashes();
  const name = (task: string) => (task.startsWith("//") ? task : `@dingrole/${task}`);
  for (const task of [...rerun, ...kept].map(name)) expect(before.has(task), task).toBe(true);
  expect(rerun.filter((task) => before.get(name(task)) === after.get(name(task)))).toEqual([]);
  expect(kept.filter((task) => before.get(name(task)) !== after.get(name(task)))).toEqual([]);
});

test.each([
  ["our mock, with the flags of its command", ["--scenario", "busy"], /dingrole-mock is listening/],
  ["Prism's own command with --prism", ["--prism"], /Prism is listening/],
])("npm run mock serves with %s", async (_, flags, words) => {
  const port = await freePort();
  const mock = copy.start("npm", "run", "mock", "--", "--port", port, ...flags);
  await mock.until(words);
  const answer = await fetch(`http://127.0.0.1:${port}/gettoken?appkey=a&appsecret=b`);
  expect(await answer.json()).toMatchObject({ errcode: flags.includes("busy") ? -1 : 0 });
  mock.interrupt();
  expect((await mock.ended).output).not.toContain("appsecret=b");
  expect(processesOf(copy.at("."))).toBe("");
});

test("npm run docs serves the docs on the port that it is given", async () => {
  const docsPort = await freePort();
  const docs = copy.start("npm", "run", "docs", "--", "--port", docsPort);
  await docs.until(new RegExp(`docs {2}http://127\\.0\\.0\\.1:${docsPort}/`));
  expect((await fetch(`http://127.0.0.1:${docsPort}/`)).status).toBe(200);
  docs.interrupt();
  await docs.ended;
  expect(processesOf(copy.at("."))).toBe("");
});

test("npm run docs shows each change; if the build fails, it prints the fault and serves the last good pages", {
  timeout: 480_000,
}, async () => {
  const leftOver = "docs/.building-99999999"; // No process has that number.
  mkdirSync(copy.at(leftOver));
  const port = await freePort();
  const docs = copy.start("npm", "run", "docs", "--", "--port", port);
  await docs.until(/Ctrl-C/);
  const kept = readdirSync(copy.at(".turbo/cache"));

  const read = async (page: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/${page}`);
    expect(response.status).toBe(200);
    return response.text();
  };
  /** Waits for the next report of a build. Until then, every page must be served. */
  const nextWord = async (words: RegExp) => {
    const word = docs.next(words);
    let isSaid = false;
    word.finally(() => (isSaid = true)).catch(() => {});
    for (; !isSaid; await setTimeout(100)) await Promise.all(["", "client/documents/Errors.html"].map(read));
    return word;
  };
  const version = await read("__version");

  copy.edit("spec/openapi.yaml", /summary: Create a role group$/m, "sumary: Create a role group");
  await nextWord(/✗ @dingrole\/spec lint failed: spec\/openapi\.yaml:\d+:\d+: /);
  expect(await read("")).toContain("<h2>Create a role group</h2>");
  expect(await read("__version")).toBe(version);

  // Replaces the folder: a file watcher would watch the old one.
  cpSync(copy.at("docs/guides"), copy.at("docs/away"), { recursive: true });
  rmSync(copy.at("docs/guides"), { recursive: true });
  renameSync(copy.at("docs/away"), copy.at("docs/guides"));
  copy.edit("docs/guides/errors.md", /$/, "\n[dead](./dead.md)\n");
  copy.edit("spec/openapi.yaml", /sumary: Create a role group$/m, "summary: Create a role group");
  await nextWord(/✗ @dingrole\/docs build failed: docs\/guides\/errors\.md:\d+ leads to \.\/dead\.md/);
  expect(await read("")).toContain("<h2>Create a role group</h2>");
  expect(await read("__version")).toBe(version);

  // A change during the build, after its file has been read: the next build must report.
  const said = nextWord(/[✓✗] (.*)/);
  copy.edit("docs/guides/errors.md", /\n\[dead\].*\n$/, "");
  copy.edit("spec/openapi.yaml", /summary: Create a role group$/m, "summary: Create one at once");
  await expect.poll(() => globSync("docs/.building-*/openapi.json", { cwd: copy.at(".") }), patiently).toHaveLength(1);
  copy.edit("docs/samples/generated/short/getToken.sh", /^#.*\n/, "$&# The last.\n");
  expect(await said).toContain("✓ built again");
  for (const last of ["<h2>Create one at once</h2>", "# The last."]) expect(await read("")).toContain(last);
  expect(await read("__version")).not.toBe(version);
  expect(readdirSync(copy.at(".turbo/cache"))).toEqual(kept);
  expect(existsSync(copy.at(leftOver))).toBe(false);

  docs.interrupt();
  expect((await docs.ended).output).not.toMatch(/^ +at /m);
  expect(processesOf(copy.at("."))).toBe("");
  expect(globSync(".building-*", { cwd: copy.at("docs") })).toEqual([]);
});

const served = /Ctrl-C/;
test.each([
  ["SIGTERM to npm, while it serves", served, "SIGTERM"],
  ["SIGTERM to npm, while it builds", /… @dingrole\/types/, "SIGTERM"],
] as const)("npm start leaves nothing behind after %s", async (_, when, signal) => {
  if (when !== served) changeDescription();
  const start = copy.start("npm", "start", "--", ...(await ports()));
  await start.until(when);
  start.kill(signal);
  await start.ended.catch(() => {});
  await expect.poll(() => processesOf(copy.at(".")), patiently).toBe("");
});

test.each([
  [["--moon"], "✗ Unknown option '--moon': use --mock-port, --docs-port, --once"],
  [["--mock-port", "0"], "✗ --mock-port must be a port, from 1 to 65535, not 0"],
  [["--mock-port", "5000", "--docs-port", "5000"], "✗ --mock-port and --docs-port must be different ports"],
])("npm start with %j prints one line with the fault", async (args, line) => {
  const { code, output } = await copy.run("npm", "start", "--", ...args);
  expect(code).toBe(1);
  expect(faults(output)).toEqual([line]);
});

test("npm test with the name of a test file says which tasks exist, and how one file runs", async () => {
  const { code, output } = await copy.run("npm", "test", "--", "retry");
  expect(code).toBe(1);
  expect(faults(output)).toEqual([
    expect.stringMatching(/^✗ unknown task retry: expected lint, .*CONTRIBUTING\.md\.$/),
  ]);
});

test.each(["test.ts", "generate.ts"])("an interrupted packages/dev/%s fails", async (program) => {
  const run = copy.start(process.execPath, `packages/dev/${program}`);
  await run.until(/ {2}… /);
  run.kill("SIGTERM");
  expect((await run.ended).code).toBe(1);
});

test("npm run generate with an option writes nothing, and prints one line with the fault", async () => {
  copy.edit("packages/client/src/generated/codes.ts", /$/, "// Edited.\n");
  const { code, output } = await copy.run("npm", "run", "generate", "--", "--check");
  expect(code).toBe(1);
  expect(faults(output)).toEqual(["✗ Unknown option '--check': use no options"]);
  expect(copy.read("packages/client/src/generated/codes.ts")).toContain("// Edited.");
});

test("lint names the place of a sentence that must be read twice", async () => {
  const found = ["A timeout is", "no answer."]; // Apart, or lint would find it here.
  copy.edit("docs/guides/errors.md", /$/, `\n${found.join("\n")}\n`);
  const { code, output } = await copy.run("npm", "run", "lint", "--workspace", "packages/dev");
  expect(code).toBe(1);
  expect(output).toMatch(/^docs\/guides\/errors\.md:\d+:11: "is.no" \(is.no X\): write "is not an X"$/m);
});

/** The lines of the command itself, without npm's banner and the progress. */
function faults(output: string): string[] {
  return output.split("\n").filter((line) => line.trim() && !/^>|^ {2}…/.test(line));
}

/** The tasks that a run did not take from the cache. */
function rerun(output: string): string[] {
  return [...output.matchAll(/^ {2}[✓✗] (\S+ \S+) +\d/gm)].map(([, task]) => task as string);
}
