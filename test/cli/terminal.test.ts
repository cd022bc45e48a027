/** With and without a terminal: the progress bar, the questions, and secrets that must never be printed. */
import { existsSync, linkSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { startMock } from "@dingrole/mock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { namesOf, run, runInShell, secrets, start, startOnTerminal, toCsv, writeTemporary } from "./command-line.ts";

const ESC = "\u001b";
const token = "canary-token";
let mock: Awaited<ReturnType<typeof startMock>>;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  mock = await startMock({ mode: "gateway", token });
  env = { DINGTALK_BASE_URL: mock.url };
});
afterEach(() => mock.close());

const importOf = (count: number, ...more: string[]) => {
  const file = writeTemporary("groups.csv", toCsv(namesOf(count)));
  return { file, journal: `${file}.journal.jsonl`, args: ["create", "--from", file, ...more] };
};

/** The lines for groups that the mock has created in this order. */
const linesOf = (names: readonly string[]) => names.map((name, index) => `${1560985325 + index}\t${name}\n`).join("");

describe("without a terminal", () => {
  test("created groups are lines on stdout, without escape codes", async () => {
    expect(await run(["create", "制造部", "研发部"], env)).toEqual({
      code: 0,
      stdout: linesOf(["制造部", "研发部"]),
      stderr: "",
    });
  });

  test("a run over a file ends with a summary on stderr", async () => {
    const { code, stdout, stderr } = await run(importOf(30, "--rate", "off", "--concurrency", "1").args, env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: linesOf(namesOf(30)),
    });
    expect(stderr).toMatch(/^✓ 30 of 30 role groups created, in \d s\n$/);
  });

  test("a long run prints a line of progress every few seconds", async () => {
    const { stderr } = await run(importOf(125).args, env);
    expect(stderr).toMatch(/^\d+ of 125, \d+\.\d\/s, \d+ s left\n(.*left\n)?✓ 125 of 125/);
    expect(stderr).not.toContain(ESC);
  });

  test("missing credentials are named, without a question", async () => {
    const { code, stderr } = await run(["create", "a"], { ...env, DINGTALK_APP_SECRET: "" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^dingrole: missing DINGTALK_APP_SECRET: set it in the environment or in a file/);
  });

  test("an error of several names is printed once, and a name with an unknown outcome is marked", async () => {
    mock.always("addRoleGroup:noPermission");
    const args = ["create", "a", "b", "c", "--concurrency", "1"];
    expect((await run(args, env)).stderr).toMatch(/^✗ a: addRoleGroup failed: 60011 .*\n {2}→ .*\n✗ b, c: not sent\n$/);
    mock.reset();
    mock.next("addRoleGroup:resetAfterRead", "addRoleGroup:created");
    const { code, stderr } = await run(args, env);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/^\? a: may or may not exist: .*\nLook with dingrole list/),
    });
  });

  test("credentials come from the env file: blank values count as not set, and Node itself does not read it", async () => {
    const bare = { ...env, DINGTALK_APP_KEY: "", DINGTALK_APP_SECRET: "" };
    const file = writeTemporary(
      ".env",
      "\uFEFFDINGTALK_APP_KEY=dingapp\nDINGTALK_APP_SECRET='canary-file'\nDINGTALK_ACCESS_TOKEN= \t\r\nNODE_OPTIONS=--require=/nope.cjs\n",
    );
    expect(await run(["create", "a", "--env", file], bare)).toMatchObject({ code: 0, stdout: "1560985325\ta\n" });
    expect(await run(["token", "--env", `${file}.none`], bare)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^dingrole: --env: ENOENT/),
    });
    expect(await run(["token", "--env", writeTemporary("x", "A=1")], bare)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("must have a line NAME=value for one of DINGTALK_APP_KEY"),
    });
  });

  test("the doctor names the missing variables, and the flag for a file", async () => {
    const { code, stdout } = await run(["doctor"], { ...env, DINGTALK_APP_KEY: "", DINGTALK_APP_SECRET: "" });
    expect(code).toBe(1);
    expect(stdout).toContain(
      "Set DINGTALK_APP_KEY and DINGTALK_APP_SECRET in the environment, or in a file that --env names.",
    );
  });

  test("the doctor says that a web page may come from another server than DingTalk", async () => {
    mock.always("ipBlockedPage");
    const { code, stdout } = await run(["doctor"], env);
    expect(code).toBe(1);
    expect(stdout).toContain("the IP is blocked until");
    expect(stdout).toContain("check the base URL");
  });

  describe("behind a proxy", () => {
    let proxy: Server;
    let asked = 0;
    /** Starts a proxy that answers each CONNECT with this text. Returns the environment that names it. */
    async function proxyThat(answers: string): Promise<NodeJS.ProcessEnv> {
      asked = 0;
      proxy = createServer((socket) =>
        socket
          .on("error", () => {})
          .once("data", () => {
            asked++;
            socket.end(answers);
          }),
      );
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      return {
        HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        NODE_USE_ENV_PROXY: "1",
      };
    }
    afterEach(() => void proxy.close());

    test.each([
      ["407 Proxy Authentication Required", "HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"],
      ["403 Forbidden", "ask the administrator of the proxy"],
    ])("the doctor says that the proxy refused with %s", async (status, advice) => {
      const { code, stdout } = await run(["doctor"], await proxyThat(`HTTP/1.1 ${status}\r\n\r\n`));
      expect(code).toBe(1);
      expect(stdout).toContain(`the proxy refused with status ${status.slice(0, 3)}\n`);
      expect(stdout).toContain(advice);
    });

    test.each([
      ["https://127.0.0.1:4", "HTTPS_PROXY is set, and Node.js did not use it"],
      ["http://127.0.0.1:4", "Nothing listens there"],
    ])("the doctor says that Node ignores the proxy for %s", async (baseUrl, advice) => {
      const { code, stdout } = await run(["doctor", "--base-url", baseUrl], { HTTPS_PROXY: "http://127.0.0.1:9" });
      expect(code).toBe(1);
      expect(stdout).toContain(advice);
    });

    test("an interrupted command ends, even if the proxy closes every connection", async () => {
      const { process: child, ended } = start(["create", "a"], await proxyThat(""));
      await expect.poll(() => asked).toBeGreaterThan(0);
      child.kill("SIGINT");
      expect((await ended).code).toBe(130);
    });
  });

  test.each([["errors"], ["create", "a"], ["token", "--json"]])(
    "a full stdout gives one line of error and exit code 1: %s",
    async (...args) => {
      const { code, stderr } = await runInShell("sh", `dingrole ${args.join(" ")} >/dev/full`, env);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining("dingrole: stdout cannot be written: ENOSPC"),
      });
      expect(stderr).not.toContain("    at ");
    },
  );

  test("a closed stderr does not end the run", async () => {
    const { args, journal } = importOf(40);
    const { process: child, ended } = start(args, env);
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    expect(readFileSync(journal, "utf8").match(/^{"created"/gm)).toHaveLength(40);
  });

  test("--json prints one object per line for each group", async () => {
    mock.next("created", "noPermission");
    const { code, stdout } = await run(["create", "a", "b", "c", "--json", "--concurrency", "1"], env);
    expect(code).toBe(1);
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows).toEqual([
      { name: "a", state: "created", groupId: 1560985325 },
      expect.objectContaining({ name: "b", state: "failed", errcode: 60011, category: "permission" }),
      { name: "c", state: "waiting" },
    ]);
  });

  test("--json: a create without a token is `failed`, and the groups after it are `waiting`", async () => {
    mock.always("wrongCredentials");
    const { stdout } = await run(["create", "a", "b", "--json", "--concurrency", "1"], env);
    const [a, b] = stdout.split("\n", 2).map((line) => JSON.parse(line));
    expect(a).toMatchObject({ name: "a", state: "failed", errcode: 40096, category: "credentials" });
    expect(b).toEqual({ name: "b", state: "waiting" });
  });

  test.each([
    ["wrongCredentials", ["create", "a"], {}, "Correct DINGTALK_APP_KEY and DINGTALK_APP_SECRET."],
    ["wrongCredentials", ["token"], {}, "Correct DINGTALK_APP_KEY and DINGTALK_APP_SECRET."],
    [
      "addRoleGroup:invalidToken",
      ["create", "a"],
      { DINGTALK_APP_KEY: "", DINGTALK_APP_SECRET: "", DINGTALK_ACCESS_TOKEN: token },
      "Set a new token in DINGTALK_ACCESS_TOKEN, or set DINGTALK_APP_KEY and DINGTALK_APP_SECRET instead",
    ],
    ["addRoleGroup:busy", ["create", "a"], {}, "Look with dingrole list whether it exists"],
  ] as const)("the advice for %s names variables and flags: %s", async (scenario, args, more, hint) => {
    mock.always(scenario);
    expect((await run(args, { ...env, ...more })).stderr).toContain(`→ ${hint}`);
  });

  test.each([
    ["DINGTALK_ACCESS_TOKEN", { DINGTALK_APP_KEY: "", DINGTALK_APP_SECRET: "", DINGTALK_ACCESS_TOKEN: "秘密" }],
    ["DINGTALK_APP_SECRET", { DINGTALK_APP_SECRET: "秘密" }],
    ["DINGTALK_APP_KEY", { DINGTALK_APP_KEY: "两 个" }],
  ])("an invalid value of %s is refused by its name, before the journal is written", async (name, more) => {
    const { args, journal } = importOf(1);
    for (const each of [args, ["doctor"]])
      expect(await run(each, { ...env, ...more })).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(`^dingrole: ${name} must be a string of printable ASCII characters.*\n$`),
      });
    expect(existsSync(journal)).toBe(false);
  });

  test("--output gets the results, instead of stdout, in the order of the file; in a later run, too", async () => {
    const { args, file } = importOf(30, "--rate", "off", "--concurrency", "1");
    const ids = `${file}.ids.tsv`;
    expect(await run([...args, "--output", ids], env)).toMatchObject({
      stdout: "",
      stderr: expect.stringContaining(`The results are in ${ids}\n`),
    });
    expect(readFileSync(ids, "utf8")).toBe(linesOf(namesOf(30)));
    await run([...args, "--output", ids, "--json"], env);
    expect(JSON.parse(readFileSync(ids, "utf8").split("\n", 1)[0] ?? "")).toMatchObject({ line: 2, name: "组 0" });
    expect(mock.requests.filter(({ operation }) => operation === "addRoleGroup")).toHaveLength(30);
  });

  test("an --output that cannot be written, or is another file of the run, is refused before anything is sent", async () => {
    const { args, file, journal } = importOf(1);
    const keys = writeTemporary("keys.env", "DINGTALK_APP_KEY=k\n");
    linkSync(file, `${file}.link`);
    for (const output of [file, journal, `${file}.link`, keys, `${file}.none/ids.tsv`])
      expect(await run([...args, "--env", keys, "--output", output], env)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^dingrole: --output(: ENOENT| must be another file, not )/),
      });
    expect(readFileSync(file, "utf8")).toBe(toCsv(namesOf(1)));
    expect(mock.requests).toEqual([]);
  });

  test("--output can be a named pipe", async () => {
    const pipe = `${writeTemporary("groups.csv", "")}.pipe`;
    const line = `mkfifo ${pipe}; cat ${pipe} & dingrole create a --output ${pipe}; wait`;
    expect((await runInShell("sh", line, { ...env, PATH: process.env.PATH })).stdout).toBe("1560985325\ta\n");
  });

  test("--output on a full disk: the results are on stdout", async () => {
    const { code, stdout, stderr } = await run(["create", "a", "--output", "/dev/full"], env);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "1560985325\ta\n",
      stderr: expect.stringContaining("--output: ENOSPC"),
    });
  });

  test("--quiet leaves only errors on stderr", async () => {
    expect((await run([...importOf(3).args, "--quiet"], env)).stderr).toBe("");
    mock.next("addRoleGroup:parameterError");
    expect((await run(["create", "a", "--quiet"], env)).stderr).toContain("✗ a: addRoleGroup failed: 40035");
  });

  test("names can come from stdin, with --journal", async () => {
    const { journal } = importOf(0);
    const args = ["create", "--from", "-", "--journal", journal, "--json"];
    const { stdout } = await run(args, env, "name\n制造部\n");
    expect(JSON.parse(stdout)).toEqual({ line: 2, name: "制造部", state: "created", groupId: 1560985325 });
    expect((await run(["create", "--from", "-"], env, "name\na\n")).stderr).toContain("--from - needs --journal FILE");
  });

  test("a closed stdout ends the run, and nothing is lost", async () => {
    const { args, journal } = importOf(400, "--json");
    const { process: child, ended } = start(args, env);
    child.stdout?.once("data", () => child.stdout?.destroy());
    await ended;
    const lines = readFileSync(journal, "utf8").split("\n");
    const count = (state: string) => lines.filter((line) => line.startsWith(`{"${state}"`)).length;
    expect(count("sending")).toBeLessThan(400);
    expect(count("created")).toBe(count("sending"));
  });

  test("a deleted journal ends the run, and the user is told to note down every created group", async () => {
    const { args, journal } = importOf(400);
    const { process: child, ended } = start(args, env);
    child.stdout?.once("data", () => rmSync(journal));
    const { code, stdout, stderr } = await ended;
    const names = [...stdout.matchAll(/^\d+\t(.*)$/gm)].map(([, name]) => name);
    expect(code).toBe(1);
    expect([...stderr.matchAll(/^ {4}line \d+: (.*) \(\d+\)$/gm)].map(([, name]) => name).sort()).toEqual(names.sort());
    expect(stderr).toContain("another run would create them again. Remove their rows from the file");
    expect(stderr).not.toContain("run it again to continue");
  });
});

describe("on a terminal", () => {
  test("a bar shows the progress, the rate and the time left; at the end a summary replaces it", async () => {
    const { code, stdout } = await startOnTerminal(importOf(60).args, { ...secrets, ...env }).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/█+░+ \d+ % · \d+ of 60, \d+\.\d\/s, \d s left/);
    expect(stdout).toMatch(
      /✓.* 60 of 60 role groups created, in \d s\r\nFor the ids, run it again with --output ids\.tsv/,
    );
  });

  test("Ctrl-C ends the run after the calls in flight; the next run continues, and sends no row twice", async () => {
    const { args } = importOf(100);
    const first = startOnTerminal(args, { ...secrets, ...env });
    await expect.poll(() => mock.requests.length).toBeGreaterThan(20);
    first.process.stdin?.write("\u0003");
    const { code, stdout } = await first.ended;
    expect(code).toBe(130);
    expect(stdout).toContain("Stopping after the calls in flight");
    expect(stdout).toMatch(/role groups still to be created: run it again to continue/);
    expect((await run(args, env)).stderr).toMatch(/✓ 100 of 100 role groups created, \d+ of them in earlier runs/);
    const names = mock.requests.flatMap(({ form }) => (form?.name === undefined ? [] : [form.name]));
    expect(names.toSorted()).toEqual(namesOf(100).toSorted());
  });

  test("a second Ctrl-C, a moment later, ends the run at once, and names the groups that may exist", async () => {
    mock.always("addRoleGroup:latency:60000");
    const { args, journal } = importOf(20);
    const { process: child, ended } = startOnTerminal(args, { ...secrets, ...env });
    await expect.poll(() => mock.requests.length).toBeGreaterThan(0);
    await sleep(500);
    child.stdin?.write("\u0003");
    await sleep(700);
    child.stdin?.write("\u0003");
    const { code, stdout } = await ended;
    expect(code).toBe(3);
    expect(stdout).toMatch(/\?.* 组 0 was being sent: it may exist/);
    expect(readFileSync(journal, "utf8")).toMatch(/^{"end":.*}\n$/m);
    expect(stdout).not.toContain(`${ESC}[?7l`); // This code turns line wrap off, and would stay after a kill.
  });

  test("for a journal of another app, the command asks: no sends nothing, yes continues", async () => {
    const { args } = importOf(2);
    await run(args, env);
    for (const [answer, expected] of [
      ["n", /dingrole: .* name another with --journal/],
      ["y", /✓.* 2 of 2 role groups created, 2 of them in earlier runs/],
    ] as const) {
      const asked = startOnTerminal(args, { ...secrets, ...env, DINGTALK_APP_KEY: "dingother" });
      let seen = "";
      asked.process.stdout?.on("data", (chunk) => (seen += chunk));
      await expect.poll(() => seen).toContain("Is it the same organization? Then the run continues. (y/N)");
      asked.process.stdin?.write(`${answer}\r`);
      expect((await asked.ended).stdout.replaceAll("\r\n", "")).toMatch(expected);
    }
  });

  test("for a long list of faults, the terminal shows the first lines and the file with all", async () => {
    const faults = `name\n${" a\n".repeat(50)}`;
    const { code, stdout } = await startOnTerminal(["create", "--from", writeTemporary("g.csv", faults)], env).ended;
    expect(code).toBe(2);
    const [, file = ""] = /… and 30 more: all are in (\S+)/.exec(stdout) ?? [];
    expect(readFileSync(file, "utf8").match(/^line \d+: name/gm)).toHaveLength(50);
  });

  test("the list is a tree with dim ids; a name cannot move the cursor, and NO_COLOR leaves no escape codes", async () => {
    const roleGroups = [
      "制造部",
      {
        name: `研发部${ESC}[2J`,
        roles: [
          { name: "工程师", id: 11 },
          { name: "Lead", id: 12 },
        ],
      },
    ];
    await using listed = await startMock({ mode: "gateway", memory: { organization: { roleGroups } } });
    const variables = { ...secrets, DINGTALK_BASE_URL: listed.url };
    const { code, stdout } = await startOnTerminal(["list"], variables).ended;
    expect(code).toBe(0);
    expect(stdout).toContain(`${ESC}[2m├─ 11${ESC}[22m 工程师\r\n${ESC}[2m└─ 12${ESC}[22m Lead\r\n`);
    const plain = await startOnTerminal(["list"], { ...variables, NO_COLOR: "1" }).ended;
    expect(plain.stdout).toMatch(
      /^\d+ 制造部\r\n\d+ 研发部\\u\{1b\}\[2J\r\n├─ 11 工程师\r\n└─ 12 Lead\r\n2 role groups, 2 roles\r\n$/,
    );
  });

  test("Ctrl-C ends a list that waits for an answer", async () => {
    mock.always("listRoles:stall");
    const { process: child, ended } = startOnTerminal(["list"], { ...secrets, ...env });
    await expect.poll(() => mock.requests.map(({ operation }) => operation)).toContain("listRoles");
    child.stdin?.write("\u0003");
    expect((await ended).code).toBe(130);
  });

  test("TERM=dumb gets no bar and no escape codes; NO_COLOR and --no-color get no colors", async () => {
    const dumb = await startOnTerminal(importOf(10).args, { ...secrets, ...env, TERM: "dumb" }).ended;
    expect(dumb.stdout).toMatch(/^✓ 10 of 10 role groups created, in \d s\r\nFor the ids.*\r\n$/);
    for (const [args, more] of [
      [["errors", "40014"], { NO_COLOR: "1" }],
      [["errors", "40014", "--no-color"], {}],
    ] as const)
      expect((await startOnTerminal(args, { ...env, ...more }).ended).stdout).not.toContain(ESC);
    expect((await startOnTerminal(["errors", "40014"], env).ended).stdout).toContain(ESC);
  });

  test("the command asks for the key and secret; the typed secret is not shown", async () => {
    const asked = startOnTerminal(["token"], env);
    let seen = "";
    asked.process.stdout?.on("data", (chunk) => (seen += chunk));
    await expect.poll(() => seen).toContain("App key (Client ID): ");
    asked.process.stdin?.write("dingapp\r");
    await expect.poll(() => seen).toContain("not shown: ");
    asked.process.stdin?.write("canary-typed\r");
    const { code, stdout } = await asked.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("The app key and secret are right") });
    expect(stdout).not.toContain("canary");
    expect(mock.requests[0]?.query).toMatchObject({ appkey: "dingapp" });
  });

  test.each([
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])("%s instead of an answer interrupts the command", async (_, key) => {
    const asked = startOnTerminal(["token"], env);
    let seen = "";
    asked.process.stdout?.on("data", (chunk) => (seen += chunk));
    await expect.poll(() => seen).toContain("App key (Client ID): ");
    asked.process.stdin?.write(key);
    const { code, stdout } = await asked.ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: expect.stringMatching(/\ndingrole: interrupted\r\n$/) });
  });
});

describe("no secret is printed", () => {
  const commands: [string, string[], Parameters<typeof mock.always>[0]?][] = [
    ["create", ["create", "a", "b"]],
    ["create --json", ["create", "a", "--json"]],
    ["a refused create", ["create", "a"], "addRoleGroup:quotedRequest"],
    ["a create without an answer", ["create", "a"], "addRoleGroup:resetAfterRead"],
    ["a blocked create", ["create", "a"], "addRoleGroup:ipBlocked"],
    ["a redirected create", ["create", "a"], "addRoleGroup:status:302"],
    ["token", ["token"]],
    ["token --json", ["token", "--json"]],
    ["a refused token", ["token"], "wrongCredentials"],
    ["a refused list", ["list"], "listRoles:quotedRequest"],
    ["doctor", ["doctor"]],
    ["doctor, refused", ["doctor", "--json"], "wrongCredentials"],
    ["doctor, without a permission", ["doctor"], "listRoles:quotedRequest"],
    ["doctor, nothing listening", ["doctor", "--base-url", "http://127.0.0.1:4"]],
    ["a secret as an argument", ["create", "a", "--app-secret=canary-argument"]],
    ["a secret in the base URL", ["token", "--base-url", "https://canary:canary@127.0.0.1"]],
  ];

  test.each(commands)("%s", async (_, args, scenario) => {
    if (scenario) mock.always(scenario);
    const { stdout, stderr } = await run(args, env);
    expect(stdout + stderr).not.toBe("");
    expect(stdout + stderr).not.toContain("canary");
  });

  test("into the journal, or visible to ps, even after faults", async () => {
    mock.next(
      "addRoleGroup:quotedRequest",
      "addRoleGroup:resetAfterRead",
      "addRoleGroup:busy",
      "addRoleGroup:status:302",
    );
    const { args, journal } = importOf(40);
    const { process: child, ended } = start(args, env);
    await expect.poll(() => existsSync(journal)).toBe(true);
    expect(readFileSync(`/proc/${child.pid}/cmdline`, "utf8")).not.toContain("canary");
    const { stdout, stderr } = await ended;
    const written = readFileSync(journal, "utf8");
    expect(written).toContain('{"unknown":');
    expect(written + stdout + stderr).not.toContain("canary");
  });

  test("except by --show, which is for scripts", async () => {
    expect((await run(["token", "--show", "--quiet"], env)).stdout).toBe(`${token}\n`);
  });
});

test.each([
  ["the value of an option", ["create", "--region", ""], "china"],
  ["an option", ["doctor", "--re"], "--region"],
  ["a command", ["do"], "doctor"],
  ["an error code", ["errors", "4001"], "40014"],
])("a shell completes %s", async (_, words, expected) => {
  expect((await run(["complete", "--", ...words])).stdout).toContain(expected);
});

describe("errors", () => {
  test("known codes are explained, and unknown codes are refused", async () => {
    expect(await run(["errors", "88", "123456", "99999999999999999999999"])).toEqual({
      code: 2,
      stdout: expect.stringMatching(/^88 .* sub_code .*\n {2}→ /),
      stderr: ["123456", "99999999999999999999999"]
        .map((code) => `dingrole: ${code} is not a known code; go by its errmsg\n`)
        .join(""),
    });
  });

  test.each([
    [["allowlist"], /^60020 The caller's IP is not on the allowlist\.\n {2}→ Add the IP/],
    [["PERMISSION"], /^(\d+\t.*\n)*60011\tThe app has no permission to call this API\.\n/m],
    [["access_token", "expired"], /^42001 The access_token has expired/],
    [["IP", "白名单"], /^60020 /],
    [["不合法的access_token"], /^40014\t/m],
    [["88", "allowlist"], /^88 (.*\n)*60020 /],
  ])("%s finds codes", async (words, expected) => {
    const { code, stdout } = await run(["errors", ...words]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(expected) });
  });

  test("words that match no code are refused", async () => {
    expect(await run(["errors", "allowlist", "nonsense"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining('no code matches "allowlist nonsense"'),
    });
  });
});

test.each(["bash", "zsh", "fish"])("the completion for %s is a script that calls dingrole", async (shell) => {
  expect((await run(["completion", shell])).stdout).toContain("dingrole complete --");
});

test("bash completes without other programs, and does not run the line", async () => {
  const { stdout, stderr } = await runInShell(
    "bash",
    `eval "$(dingrole completion bash)"
    COMP_WORDS=(dingrole create '$(echo ran >&2)' --f); COMP_CWORD=3; _dingrole; echo "\${COMPREPLY[@]}"`,
  );
  expect(stdout).toBe("--from\n");
  expect(stderr).not.toMatch(/^ran$/m);
});
