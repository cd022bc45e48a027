/** A file of 5,000 rows, and what may happen on the way. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { startMock } from "@dingrole/mock";
import { expect, test } from "vitest";
import { namesOf, run, start, toCsv, writeTemporary } from "./command-line.ts";

const faults = ["resetAfterRead", "cutBody", "parameterError", "badGateway", "expiredToken"] as const;

test("5,000 rows with 1 % of faults: none is lost, none is created twice, and memory is flat", {
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
  // Of each five faults: three leave it unknown, one refuses it, and after one it is sent again.
  expect({ code, unknown: count("unknown"), failed: count("failed") }).toEqual({ code: 3, unknown: 30, failed: 10 });
  const created = mock.requests.filter(({ example }) => example === "created").map(({ form }) => form?.name);
  expect(new Set(created).size).toBe(created.length);

  const used = memory.filter((each) => each > 0);
  const middle = used.slice(used.length / 4, used.length / 2);
  expect(used.length).toBeGreaterThan(8);
  expect(Math.max(...used), `in MB: ${used}`).toBeLessThan(Math.max(...middle) + 40);
});

/** What the process holds, in megabytes; 0 when it has ended. */
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

test.each([
  ["a folder", "groups.csv", "is no file: name another with --journal"],
  ["the file itself", undefined, "is no journal: name another with --journal"],
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

test("--dry-run tells what would be sent, and sends and writes nothing", async () => {
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

test("a file has one journal, by whatever name it is reached", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(["a", "b"]));
  symlinkSync(file, `${file}.link.csv`);
  const env = { DINGTALK_BASE_URL: mock.url };
  await run(["create", "--from", file], env);
  expect((await run(["create", "--from", `${file}.link.csv`], env)).stderr).toContain("2 of them in earlier runs");
});

test("another app's journal is refused before anything is sent, for it may be another organization's", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(["a"]));
  const env = { DINGTALK_BASE_URL: mock.url };
  await run(["create", "--from", file], env);
  const other = await run(["create", "--from", file], { ...env, DINGTALK_APP_KEY: "dingother" });
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("add --same-organization") });
});

test("a base URL that is wrong is refused before there is a journal", async () => {
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

test("many under way at a low rate wait for their turn, however long", async () => {
  await using mock = await startMock({ mode: "gateway" });
  const file = writeTemporary("groups.csv", toCsv(namesOf(6)));
  const args = ["create", "--from", file, "--rate", "2", "--concurrency", "100"];
  expect((await run(args, { DINGTALK_BASE_URL: mock.url })).stderr).toMatch(/✓ 6 of 6 role groups created, in \d s/);
});

test("what is unknown is sent again when it is asked for, and only then", async () => {
  await using mock = await startMock({ mode: "gateway" });
  mock.next("addRoleGroup:resetAfterRead", "addRoleGroup:created");
  const file = writeTemporary("groups.csv", toCsv(["a", "b"]));
  const args = ["create", "--from", file, "--concurrency", "1"];
  const env = { DINGTALK_BASE_URL: mock.url };
  const first = await run(args, env);
  expect(first.code).toBe(3);
  expect(first.stderr).toContain(
    "1 of unknown outcome: it may have been created, or not\n    line 2: a: addRoleGroup: no answer",
  );
  expect(first.stderr).toContain("--retry-unknown sends the others again");
  const creates = () => mock.requests.filter(({ operation }) => operation === "addRoleGroup").length;
  expect([(await run(args, env)).code, creates()]).toEqual([3, 2]);
  expect([(await run([...args, "--retry-unknown"], env)).code, creates()]).toEqual([0, 3]);
  expect([(await run(args, env)).code, creates()]).toEqual([0, 3]);
});
