/** A file of 5,000 rows, and everything that can go wrong with a file. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { startMock } from "@dingrole/mock";
import { expect, test } from "vitest";
import { namesOf, run, runInShell, start, toCsv, writeTemporary } from "./command-line.ts";

const faults = ["resetAfterRead", "cutBody", "parameterError", "badGateway", "expiredToken"] as const;

test("5,000 rows with 1 % of faults: no row is lost or created twice, and the memory does not grow", {
  timeout: 120_000,
}, async () => {
  await using mock = await startMock({ mode: "gateway" });
  const names = namesOf(5000);
  mock.next(
    ...names.map(
      (_, index) =>
        `addRoleGroup:${index % 100 === 99 ? (faults[Math.floor(index / 100) % 5] ?? "busy") : "created"}` as const,
    ),
  );
  const file = writeTemporary("groups.csv", toCsv(names));
  const args = ["create", "--from", file, "--rate", "off", "--json"];
  const { process: child, ended } = start(args, { DINGTALK_BASE_URL: mock.url });

  const memory: number[] = [];
  const watch = setInterval(() => memory.push(readMemory(child.pid)), 100);
  const { code, stdout } = await ended.finally(() => clearInterval(watch));
  const rows = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

  expect(rows.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  const count = (state: string) => rows.filter((row) => row.state === state).length;
  // Three of five faults leave the outcome unknown, one is a refusal, and one is resent.
  expect({ code, unknown: count("unknown"), failed: count("failed") }).toEqual({ code: 3, unknown: 30, failed: 10 });
  const created = mock.requests.filter(({ example }) => example === "created").map(({ form }) => form?.name);
  expect(new Set(created).size).toBe(created.length);

  const used = memory.filter((each) => each > 0);
  const middle = used.slice(used.length / 4, used.length / 2);
  expect(used.length).toBeGreaterThan(8);
  expect(Math.max(...used), `in MB: ${used}`).toBeLessThan(Math.max(...middle) + 40);
});

/** The memory of a process in megabytes; 0 if it has ended. */
function readMemory(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

test("two runs over one file: the second gives way", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(namesOf(60)));
  const env = { DINGTALK_BASE_URL: mock.url };
  const first = start(["create", "--from", file], env);
  await expect.poll(() => mock.requests.length).toBeGreaterThan(5);
  const second = await run(["create", "--from", file], env);
  expect(second).toMatchObject({ code: 2, stderr: expect.stringContaining(`in use by process ${first.process.pid}`) });
  expect((await first.ended).code).toBe(0);
  expect(mock.requests.filter(({ operation }) => operation === "addRoleGroup")).toHaveLength(60);
});

test("two machines with one journal: a group in flight on one is not sent by the other, even with --retry-unknown", async () => {
  await using mock = await startMock({ mode: "gateway" });
  mock.next(...Array.from({ length: 4 }, () => "addRoleGroup:latency:2000" as const));
  const file = writeTemporary("groups.csv", toCsv(namesOf(8)));
  const journal = `${file}.journal.jsonl`;
  const env = { DINGTALK_BASE_URL: mock.url };
  const creates = () =>
    mock.requests.filter(({ operation }) => operation === "addRoleGroup").map(({ form }) => form?.name);
  const first = start(["create", "--from", file], env);
  await expect.poll(() => creates().length).toBe(4);
  // Makes the first run look like a run on another machine.
  writeFileSync(journal, readFileSync(journal, "utf8").replace(`"host":"${hostname()}"`, '"host":"elsewhere"'));
  const second = await run(["create", "--from", file, "--retry-unknown"], env);
  expect(second.stderr).toMatch(
    new RegExp(
      `process ${first.process.pid} on elsewhere, since .*\\) was sending 4 role groups, .*Waiting up to 15 s`,
    ),
  );
  expect(second.stderr).toMatch(/✓ 8 of 8 role groups created, 4 of them in earlier runs/);
  expect(await first.ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("another run has taken over the journal"),
  });
  expect(creates().toSorted()).toEqual(namesOf(8));
  // Groups that the first run did not send have no unknown outcome for the next run.
  expect((await run(["create", "--from", file], env)).code).toBe(0);
});

test.each([["--dry-run"], []])("a pipe needs --journal, because no journal can lie beside it %s", async (...more) => {
  await using mock = await startMock({ mode: "gateway" });
  const journal = writeTemporary("a.jsonl", "");
  const command = `dingrole create --from <(printf 'name\\na\\n') ${more.join(" ")}`;
  const env = { DINGTALK_BASE_URL: mock.url };
  const refused = await runInShell("bash", command, env);
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--from \/dev\/fd\/\d+ needs --journal FILE/),
  });
  expect((await run(["create", "--from", "-", ...more], env, "name\na\n")).stderr).toContain(
    "--from - needs --journal FILE",
  );
  expect(mock.requests).toEqual([]);
  expect((await runInShell("bash", `${command} --journal ${journal}`, env)).code).toBe(0);
});

test("a journal that another token began is refused without --same-organization", async () => {
  await using mock = await startMock({ mode: "gateway", tokens: false });
  const file = writeTemporary("groups.csv", toCsv(["a"]));
  const env = (token: string) => ({
    DINGTALK_BASE_URL: mock.url,
    DINGTALK_APP_KEY: "",
    DINGTALK_APP_SECRET: "",
    DINGTALK_ACCESS_TOKEN: token,
  });
  const args = ["create", "--from", file];
  expect((await run(args, env("one"))).code).toBe(0);
  expect((await run(args, env("one"))).code).toBe(0);
  expect(await run(args, env("another"))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/was begun with another access token.*add --same-organization/),
  });
  expect((await run([...args, "--same-organization"], env("another"))).stderr).toContain("1 of 1 role group created");
});

test("a long value is quoted only in part", async () => {
  const long = "制".repeat(40_000);
  const file = writeTemporary("groups.csv", toCsv(["a"]));
  const journal = writeTemporary(
    "a.jsonl",
    `{"run":{"process":1,"host":"h","at":"","place":"${long}"}}\n{"created":"a"}\n`,
  );
  for (const args of [
    ["create", "--from", writeTemporary("groups.csv", long)],
    ["create", "--from", file, "--journal", journal],
    ["create", "a", "--env", writeTemporary(".env", `DINGTALK_REGION=${long}`)],
    ["create", "a", "--rate", long],
    ["create", "--from", long],
    ["create", `${long} `],
    ["errors", long],
    ["doctor", `--${long}`],
  ]) {
    const { code, stderr } = await run(args);
    expect({ args: args.map((each) => each.slice(0, 20)), isRefused: code !== 0, length: stderr.length }).toEqual({
      args: expect.anything(),
      isRefused: true,
      length: expect.toSatisfy((length) => length < 2000, "of less than 2000 characters"),
    });
  }
});

test.each([
  ["a folder", "groups.csv", "the journal must be a regular file"],
  ["the file itself", undefined, "is not a journal: name another with --journal"],
])("a journal that is %s is refused before anything is sent", async (_, name, fault) => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(["a"]));
  const journal = name === undefined ? file : `${file}.folder`;
  if (name !== undefined) mkdirSync(journal);
  const { code, stderr } = await run(["create", "--from", file, "--journal", journal], { DINGTALK_BASE_URL: mock.url });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(fault) });
  expect(mock.requests).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe("name\na\n");
});

test("--dry-run prints the groups that would be created, and sends and writes nothing", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(namesOf(400)));
  const { code, stdout, stderr } = await run(["create", "--from", file, "--dry-run"], { DINGTALK_BASE_URL: mock.url });
  expect({ code, stderr, stdout: stdout.split("\n")[399] }).toEqual({
    code: 0,
    stdout: "would create\t组 399",
    stderr: `400 role groups would be created at ${mock.url}, in 20 s or more.\n`,
  });
  expect(mock.requests).toEqual([]);
  expect(() => readFileSync(`${file}.journal.jsonl`)).toThrow("ENOENT");
});

test("--encoding, --column and --allow-unusual-names read a GBK file with columns, and unusual names", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const [department, production] = [Buffer.from([0xb2, 0xbf, 0xc3, 0xc5]), Buffer.from([0xd6, 0xc6, 0xd4, 0xec])];
  const file = writeTemporary(
    "staff.csv",
    Buffer.concat([department, Buffer.from(",id\n"), production, Buffer.from(",1\n")]),
  );
  const env = { DINGTALK_BASE_URL: mock.url };
  const read = ["create", "--from", file, "--dry-run"];
  expect(await run(read, env)).toMatchObject({ code: 2, stderr: expect.stringContaining("add --encoding gbk") });
  const told = [...read, "--encoding", "gbk", "--column", "部门"];
  expect(await run(told, env)).toMatchObject({ code: 0, stdout: "would create\t制造\n" });
  const names = ["create", "生产", "生\u200b产"];
  expect(await run(names, env)).toMatchObject({ code: 2, stderr: expect.stringContaining("contains U+200B") });
  expect(mock.requests).toEqual([]);
  expect((await run([...names, "--allow-unusual-names"], env)).code).toBe(0);
  expect(mock.requests.map(({ form }) => form?.name)).toContain("生\u200b产");
  expect(await run(["create", "a", "--column", "b"], env)).toMatchObject({
    code: 2,
    stderr: "dingrole: --column and --encoding need --from FILE: they say how to read that file\n",
  });
});

test("a file and a link to it have the same journal", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(["a", "b"]));
  symlinkSync(file, `${file}.link.csv`);
  const env = { DINGTALK_BASE_URL: mock.url };
  await run(["create", "--from", file], env);
  expect((await run(["create", "--from", `${file}.link.csv`], env)).stderr).toContain("2 of them in earlier runs");
});

test("a journal of another app is refused before anything is sent: the organization may differ", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(["a"]));
  const env = { DINGTALK_BASE_URL: mock.url };
  await run(["create", "--from", file], env);
  const other = await run(["create", "--from", file], { ...env, DINGTALK_APP_KEY: "dingother" });
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("add --same-organization") });
});

test("an invalid base URL is refused before the journal is written", async () => {
  const file = writeTemporary("groups.csv", toCsv(["a"]));
  for (const url of ["https://user:canary@oapi.dingtalk.io", "htp://x", "http://example.com"])
    for (const more of [[], ["--dry-run"]]) {
      const { code, stderr } = await run(["create", "--from", file, ...more], { DINGTALK_BASE_URL: url });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/^dingrole: --base-url \(DING.*must be/),
      });
      expect(stderr).not.toContain("canary");
    }
  expect(existsSync(`${file}.journal.jsonl`)).toBe(false);
});

test("many calls at a low rate wait for their slot without a timeout", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(namesOf(6)));
  const args = ["create", "--from", file, "--rate", "2", "--concurrency", "100"];
  expect((await run(args, { DINGTALK_BASE_URL: mock.url })).stderr).toMatch(/✓ 6 of 6 role groups created, in \d s/);
});

test("an unknown group is sent again only with --retry-unknown", async () => {
  await using mock = await startMock({ mode: "gateway" });
  mock.next("addRoleGroup:resetAfterRead", "addRoleGroup:created");
  const file = writeTemporary("groups.csv", toCsv(["a", "b"]));
  const args = ["create", "--from", file, "--concurrency", "1"];
  const env = { DINGTALK_BASE_URL: mock.url };
  const first = await run(args, env);
  expect(first.code).toBe(3);
  expect(first.stderr).toContain("1 with an unknown outcome: created or not\n    line 2: a: addRoleGroup: no answer");
  expect(first.stderr).toContain("--retry-unknown sends the others again");
  const creates = () => mock.requests.filter(({ operation }) => operation === "addRoleGroup").length;
  expect([(await run(args, env)).code, creates()]).toEqual([3, 2]);
  mock.next("wrongCredentials");
  const failed = await run([...args, "--retry-unknown"], env);
  expect([failed.code, creates()]).toEqual([3, 2]);
  expect(failed.stderr).toContain("1 with an unknown outcome");
  expect(failed.stderr).not.toContain("still to be created");
  expect([(await run([...args, "--retry-unknown"], env)).code, creates()]).toEqual([0, 3]);
  expect([(await run(args, env)).code, creates()]).toEqual([0, 3]);
});
