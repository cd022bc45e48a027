import { type MockServer, startMock } from "@dingrole/mock";
import { readDescription } from "@dingrole/spec";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { run } from "../program.ts";

let mock: MockServer;
beforeEach(async () => {
  const roleGroups = Array.from({ length: 450 }, (_, index) => ({ name: `组 ${index}`, roles: ["a", "b"] }));
  mock = await startMock({ mode: "gateway", token: "valid", memory: { organization: { roleGroups } } });
});
afterEach(() => mock.close());
afterEach(() => void vi.useRealTimers().unstubAllEnvs().restoreAllMocks());

/** Runs the command in this process. If `isOpen` is false, nobody reads stdout. */
async function list(args: readonly string[] = [], isOpen = true) {
  for (const name of ["APP_KEY", "APP_SECRET", "REGION", "BASE_URL"]) vi.stubEnv(`DINGTALK_${name}`, undefined);
  vi.stubEnv("DINGTALK_ACCESS_TOKEN", "valid");
  const printed = { stdout: "", stderr: "" };
  vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    if (isOpen) printed.stdout += text;
    (rest.at(-1) as (error?: Error) => void)(isOpen ? undefined : new Error("EPIPE"));
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed.stderr += text;
    return true;
  });
  const code = await run(["list", "--base-url", mock.url, ...args]);
  vi.restoreAllMocks();
  return { code, ...printed };
}

const calls = () => mock.requests.filter(({ operation }) => operation === "listRoles").length;

test("450 role groups are three pages, and each is listed once", async () => {
  const { code, stdout, stderr } = await list(["--json"]);
  const names = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).name);
  expect(names).toEqual(Array.from({ length: 450 }, (_, index) => `组 ${index}`));
  expect({ code, stderr, calls: calls() }).toEqual({ code: 0, stderr: "450 role groups, 900 roles\n", calls: 3 });
});

test("without a terminal, each role is a line; --csv adds a header, and --quiet hides the counts", async () => {
  mock.always("listRoles:lastPage");
  const { stdout } = await list();
  expect(stdout.split("\n").slice(0, 3)).toEqual([
    "1560985325\tManufacturing\t1688611118\tService",
    "1560985325\tManufacturing\t4956354843\tInspector",
    "4956354850\tLogistics\t\t",
  ]);
  const csv = `\uFEFFgroupId,group,roleId,role\n${stdout.replaceAll("\t", ",")}`;
  expect(await list(["--csv", "--quiet"])).toEqual({ code: 0, stdout: csv, stderr: "" });
});

test("a missing permission is named, and --csv prints no header that would look like an empty list", async () => {
  mock.always("listRoles:noPermission");
  const { permissions } = readDescription().operations.find(({ id }) => id === "listRoles") ?? {};
  const [permission] = Object.keys(permissions ?? {});
  expect(await list(["--csv"])).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(new RegExp(`^dingrole: listRoles failed: 60011 .*\n  → .*${permission}\\.\n$`)),
  });
});

test("after a page that fails, the pages before it are on stdout, and the exit code says that the list is not complete", async () => {
  mock.next("listRoles:firstPage", "listRoles:ipNotAllowed");
  expect(await list()).toEqual({
    code: 1,
    stdout: expect.stringContaining("1507113577\t默认\t1507113580\t负责人\n"),
    stderr: expect.stringMatching(/^dingrole: listRoles failed: 60020 /),
  });
});

test("a role group that two pages have is listed once, and the user learns that the list changed", async () => {
  mock.next("listRoles:firstPage", "listRoles:listed");
  const { stdout, stderr } = await list(["--json", "--quiet"]);
  expect(stdout.match(/"groupId":1507113577,/g)).toHaveLength(1);
  expect(stderr).toBe("The list changed while it was read, so a role group can be missing. Run it again.\n");
});

test("names that a spreadsheet reads as formulas are printed as they are, with a warning", async () => {
  await mock.close();
  const roleGroups = [{ name: "=1+1", roles: ["-1"] }];
  mock = await startMock({ mode: "gateway", token: "valid", memory: { organization: { roleGroups } } });
  const { stdout, stderr } = await list(["--csv"]);
  expect(stdout).toMatch(/\n\d+,=1\+1,\d+,-1\n$/);
  expect(stderr).toContain("A spreadsheet can read 2 names as a formula: import the columns as text.\n");
  expect((await list()).stderr).toBe("1 role group, 1 role\n");
});

test("while a page is awaited, a line every 5 seconds says how many role groups were read", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  mock.next("listRoles:firstPage", "listRoles:latency:300");
  const listed = list();
  await expect.poll(calls).toBe(2);
  vi.advanceTimersByTime(10_000);
  const line = "Still reading: 1 role group so far\n";
  expect((await listed).stderr).toBe(`${line}${line}450 role groups, 902 roles\n`);
  expect(vi.getTimerCount()).toBe(0);
});

test("if nobody reads stdout, no further page is fetched", async () => {
  expect(await list([], false)).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(calls()).toBe(1);
});

test("--json together with --csv is refused before anything is sent", async () => {
  expect(await list(["--json", "--csv"])).toEqual({
    code: 2,
    stdout: "",
    stderr: "dingrole: --json and --csv must not both be given: use one of them\n",
  });
  expect(mock.requests).toEqual([]);
});
