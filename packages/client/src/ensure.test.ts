import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DuplicatesError, type EnsureOptions, ensureRole, ensureRoleGroup, type Lock, LockError } from "./ensure.ts";
import { AbortError, ApiError, HttpError, InputError, TimeoutError } from "./index.ts";
import { type Answer, never, type ObservedRequest, observedClient } from "./observed-client.test-helper.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const path = ({ url }: ObservedRequest) => url.pathname.split("/").at(-1);
const listOf = (...list: object[]) => ({ errcode: 0, request_id: "a", result: { hasMore: false, list } });
const empty = listOf();
const group = (groupId: number, name = "a", roles?: object[]) => ({ groupId, name, ...(roles && { roles }) });
const createdGroup = { errcode: 0, errmsg: "ok", groupId: 7 };
const createdRole = { errcode: 0, errmsg: "ok", roleId: 8 };
const serverError = new Response("", { status: 503 });
const refusal = (code: number) => ({ errcode: code, errmsg: "a" });

/** Ends all timers, and returns what came of a call. */
async function settle<Result>(call: Promise<Result>) {
  const ended = call.then(
    (result) => ({ result, error: undefined }),
    (error) => ({ result: undefined, error }),
  );
  await vi.runAllTimersAsync();
  return ended;
}

/** Ensures a role group `a` on a list of answers, without retries. */
async function run(answers: Answer[], options: EnsureOptions = {}) {
  const { client, requests } = observedClient(answers, { rate: false, retries: 0 });
  const ended = await settle(ensureRoleGroup(client, { name: "a" }, options));
  return { ...ended, requests, paths: requests.map(path) };
}

test("a role group that the list has is returned, and nothing is created", async () => {
  const { result, paths } = await run([listOf(group(1, "A"), group(2, "a "), group(3), group(4, "b"))]);
  expect(result).toEqual({ groupId: 3, status: "existed" });
  expect(paths).toEqual(["list"]);
});

test("all pages are read before a role group is created", async () => {
  const page = { ...listOf(group(1, "b")), result: { hasMore: true, list: [group(1, "b")] } };
  const { result, requests, paths } = await run([page, listOf(group(2, "c")), createdGroup]);
  expect(result).toEqual({ groupId: 7, status: "created" });
  expect(paths).toEqual(["list", "list", "add_role_group"]);
  expect(String(requests[2]?.init.body)).toBe("name=a");
});

test("a missing permission to list is told before anything is sent, with the permission's name", async () => {
  const { error, paths } = await run([{ errcode: 88, sub_code: "60011", sub_msg: "a", errmsg: "b" }]);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ operation: "listRoles", errcode: 60011, outcome: "not-executed" });
  expect(error.hint).toContain("qyapi_get_department_list");
  expect(paths).toEqual(["list"]);
});

test.each([
  ["a server error", serverError],
  ["an answer that is not JSON", new Response("a")],
  ["an answer without a list", { errcode: 0 }],
])("%s of the first look ends the call: it does not prove an absence", async (_, answer) => {
  const { error, paths } = await run([answer, createdGroup]);
  expect(error).toMatchObject({ operation: "listRoles" });
  expect(paths).toEqual(["list"]);
});

test("after an unknown outcome it looks again after 1, 2, 4 and 8 seconds, before it creates once more", async () => {
  const { result, requests, paths } = await run([empty, serverError, empty, empty, empty, empty, createdGroup]);
  expect(result).toEqual({ groupId: 7, status: "created" });
  expect(paths).toEqual(["list", "add_role_group", "list", "list", "list", "list", "add_role_group"]);
  const times = requests.map(({ at }) => Math.round(at - (requests[1]?.at ?? 0)));
  expect(times.slice(1)).toEqual([0, 1000, 3000, 7000, 15_000, 15_000]);
});

test.each([
  ["a server error", serverError],
  ["busy", refusal(-1)],
  ["an answer that is cut", new Response('{"errcode":0,"gro')],
  ["an answer without the id", { errcode: 0, errmsg: "ok" }],
])("a role group that a later look finds after %s is recovered", async (_, answer) => {
  const { result, paths } = await run([empty, answer, empty, serverError, listOf(group(5))]);
  expect(result).toEqual({ groupId: 5, status: "recovered" });
  expect(paths).toEqual(["list", "add_role_group", "list", "list", "list"]);
});

test("if the last look fails, the outcome stays unknown, and nothing more is created", async () => {
  const { error, paths } = await run([empty, serverError, empty, empty, empty, refusal(60011), createdGroup]);
  expect(error).toBeInstanceOf(HttpError);
  expect(error).toMatchObject({ operation: "addRoleGroup", outcome: "unknown" });
  expect(paths).toHaveLength(6);
});

test("a create without an id is never repeated", async () => {
  const { error, paths } = await run([empty, { errcode: 0 }, empty]);
  expect(error).toMatchObject({ operation: "addRoleGroup", outcome: "executed" });
  expect(paths.filter((each) => each === "add_role_group")).toHaveLength(1);
});

test.each([
  [1, 1],
  [undefined, 2],
  [3, 3],
])("with creates: %s, at most %i creates are sent", async (creates, expected) => {
  const answer: Answer = (request) => (path(request) === "list" ? empty : serverError);
  const { error, paths } = await run([answer], { creates, looks: 1, pause: 10 });
  expect(error).toMatchObject({ operation: "addRoleGroup", outcome: "unknown" });
  expect(paths.filter((each) => each === "add_role_group")).toHaveLength(expected);
});

test("a refused create is not repeated, and its error is thrown", async () => {
  const { error, paths } = await run([empty, refusal(60011)]);
  expect(error).toMatchObject({ operation: "addRoleGroup", errcode: 60011, outcome: "not-executed" });
  expect(paths).toEqual(["list", "add_role_group"]);
});

test("a refusal after an unknown outcome does not hide it", async () => {
  const { error } = await run([empty, serverError, empty, refusal(60011)], { looks: 1 });
  expect(error).toMatchObject({ name: "HttpError", operation: "addRoleGroup", outcome: "unknown" });
});

test("two role groups of the name are an error with both ids, or the lowest id", async () => {
  const answers = [listOf(group(4_956_354_843), group(3), group(3))];
  const { error, paths } = await run(answers);
  expect(error).toBeInstanceOf(DuplicatesError);
  expect(error).toMatchObject({ operation: "addRoleGroup", outcome: "not-executed", ids: [3, 4_956_354_843] });
  expect(error.message).toBe(
    'addRoleGroup: the name must belong to one id, not to 2: 3, 4956354843. duplicates: "lowest" takes the lowest',
  );
  expect(paths).toEqual(["list"]);
  const { result } = await run(answers, { duplicates: "lowest" });
  expect(result).toEqual({ groupId: 3, status: "existed" });
});

const ensureService = async (answers: Answer[]) => {
  const { client, requests } = observedClient(answers, { rate: false, retries: 0 });
  const ended = await settle(ensureRole(client, { groupId: 2, roleName: "s" }));
  return { ...ended, requests, paths: requests.map(path) };
};

test("a role is looked for in its role group only, and created there", async () => {
  const others = listOf(group(1, "a", [{ id: 5, name: "s" }]), group(2, "s", [{ id: 6, name: "t" }]), group(3));
  const { result, requests, paths } = await ensureService([others, createdRole]);
  expect(result).toEqual({ roleId: 8, status: "created" });
  expect(paths).toEqual(["list", "add_role"]);
  expect(String(requests[1]?.init.body)).toBe("roleName=s&groupId=2");
  const { result: found } = await ensureService([listOf(group(2, "a", [{ id: 6, name: "s" }]))]);
  expect(found).toEqual({ roleId: 6, status: "existed" });
});

test.each([
  ["existed", [refusal(34021)]],
  ["recovered", [serverError, empty, empty, empty, empty, refusal(34021)]],
])("a role whose name is taken (34021), and which a look then finds, has %s", async (status, answers) => {
  const { result } = await ensureService([
    listOf(group(2)),
    ...answers,
    empty,
    listOf(group(2, "a", [{ id: 6, name: "s" }])),
  ]);
  expect(result).toEqual({ roleId: 6, status });
});

test("if no look finds the role whose name is taken, the refusal is thrown", async () => {
  const { error, paths } = await ensureService([listOf(group(2)), refusal(34021), listOf(group(2))]);
  expect(error).toMatchObject({ operation: "addRole", errcode: 34021, outcome: "not-executed" });
  expect(paths.filter((each) => each === "add_role")).toHaveLength(1);
});

test.each([
  [{ name: "" }, {}, "name must not be empty"],
  [{}, {}, "name must be of type string, not undefined"],
  [{ name: "a" }, { looks: 0 }, "looks must be an integer from 1, not 0"],
  [{ name: "a" }, { creates: 1.5 }, "creates must be an integer from 1, not 1.5"],
  [{ name: "a" }, { pause: 0 }, "pause must be milliseconds above 0, and all pauses below 2 ** 31, not 0"],
  [
    { name: "a" },
    { pause: 2 ** 30 },
    "pause must be milliseconds above 0, and all pauses below 2 ** 31, not 1073741824",
  ],
  [{ name: "a" }, { deadline: 0 }, "deadline must be milliseconds above 0 and below 2 ** 31, or false, not 0"],
  [{ name: "a" }, { duplicates: "first" }, 'duplicates must be "error" or "lowest", not another string'],
  [{ name: "a" }, { lock: {} }, "lock must be an object with acquire and release, not object"],
  [
    { name: "a" },
    { lock: { acquire() {}, release() {} }, deadline: false },
    "deadline must be milliseconds if there is a lock, not boolean",
  ],
  [{ name: "a" }, { signal: 1 }, "signal must be an AbortSignal, not 1"],
])("%j with %j is an InputError before anything is sent", async (input, options, fault) => {
  const { client, requests } = observedClient([empty]);
  const { error } = await settle(ensureRoleGroup(client, input as never, options as never));
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toBe(`addRoleGroup: ${fault}`);
  expect(requests).toEqual([]);
});

test("an unknown option is an InputError", async () => {
  const { error, requests } = await run([empty], { retry: 1 } as never);
  expect(error).toBeInstanceOf(InputError);
  expect(requests).toEqual([]);
});

/** A server with role groups, which may list a new one late. */
function world({ delay = 0, lose = 0 } = {}) {
  const groups: { groupId: number; name: string; at: number }[] = [];
  let lost = 0;
  const { client, requests } = observedClient(
    [
      async (request: ObservedRequest) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const now = performance.now();
        if (path(request) === "list")
          return listOf(...groups.filter(({ at }) => at <= now).map(({ groupId, name }) => group(groupId, name)));
        const name = new URLSearchParams(String(request.init.body)).get("name") ?? "";
        groups.push({ groupId: groups.length + 1, name, at: now + delay });
        return lost++ < lose ? serverError : { errcode: 0, errmsg: "ok", groupId: groups.length };
      },
    ],
    { rate: false, retries: 0 },
  );
  return { client, requests, groups };
}

test("two calls at once make one role group, and the second one says that it existed", async () => {
  const { client, requests, groups } = world({ delay: 5000 });
  const calls = Promise.all([
    ensureRoleGroup(client, { name: "a" }),
    ensureRoleGroup(client, { name: "a" }, { deadline: 1000 }),
    ensureRoleGroup(client, { name: "b" }),
  ]);
  const { result } = await settle(calls);
  expect(result).toEqual([
    { groupId: 1, status: "created" },
    { groupId: 1, status: "existed" },
    { groupId: 2, status: "created" },
  ]);
  expect([groups.length, requests.length]).toEqual([2, 4]);
});

test("an abort of one call does not abort another of the same name", async () => {
  const { client, groups } = world();
  const [one, other] = [new AbortController(), new AbortController()];
  const first = ensureRoleGroup(client, { name: "a" }, { signal: one.signal }).catch((error) => error);
  const second = ensureRoleGroup(client, { name: "a" });
  const third = ensureRoleGroup(client, { name: "a" }, { signal: other.signal }).catch((error) => error);
  setTimeout(() => one.abort("b"), 50);
  setTimeout(() => other.abort("c"), 60);
  const { result } = await settle(Promise.all([first, second, third]));
  expect(result?.[0]).toMatchObject({ name: "AbortError", operation: "listRoles", cause: "b" });
  expect(result?.[1]).toEqual({ groupId: 1, status: "created" });
  expect(result?.[2]).toMatchObject({ name: "AbortError", outcome: "not-executed", cause: "c" });
  expect(groups).toHaveLength(1);
});

test("a call after another does not create again what the list does not show yet", async () => {
  const { client, groups } = world({ delay: 5000 });
  expect((await settle(ensureRoleGroup(client, { name: "a" }))).result?.status).toBe("created");
  expect((await settle(ensureRoleGroup(client, { name: "a" }))).result).toEqual({ groupId: 1, status: "existed" });
  expect(groups).toHaveLength(1);
});

test("a call after one with an unknown outcome looks as often as that one would have", async () => {
  const { client, groups } = world({ delay: 5000, lose: 1 });
  const { error } = await settle(ensureRoleGroup(client, { name: "a" }, { deadline: 1000 }));
  expect(error).toMatchObject({
    name: "TimeoutError",
    limit: "deadline",
    operation: "addRoleGroup",
    outcome: "unknown",
  });
  expect((await settle(ensureRoleGroup(client, { name: "a" }))).result).toEqual({ groupId: 1, status: "existed" });
  expect(groups).toHaveLength(1);
});

test.each([
  ["the first look", [never], "listRoles"],
  ["the create", [empty, never], "addRoleGroup"],
  ["a pause", [empty, serverError, empty], "addRoleGroup"],
])("the deadline ends %s, and the error has its operation", async (_, answers, operation) => {
  const began = performance.now();
  const { error } = await run(answers, { deadline: 5000, timeout: false });
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toMatchObject({ operation, limit: "deadline", outcome: "unknown" });
  expect(error.message).toBe(`${operation}: the deadline of 5000 ms has passed`);
  expect(performance.now() - began).toBeLessThan(5010);
});

test.each([
  ["the first look", [never], "listRoles"],
  ["the create", [empty, never], "addRoleGroup"],
  ["a pause", [empty, serverError, empty], "addRoleGroup"],
])("an abort during %s ends the call with the reason", async (_, answers, operation) => {
  const controller = new AbortController();
  setTimeout(() => controller.abort("b"), 5000);
  const { error } = await run(answers, { signal: controller.signal, timeout: false });
  expect(error).toBeInstanceOf(AbortError);
  expect(error).toMatchObject({ operation, outcome: "unknown", cause: "b" });
});

test("no listener stays at the caller's signal", async () => {
  const { signal } = new AbortController();
  const [add, remove] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
  await run([empty, serverError, listOf(group(1))], { signal });
  expect(add).toHaveBeenCalled();
  expect(remove.mock.calls.length).toBe(add.mock.calls.length);
});

/** A lock in memory that says what happens to it. */
function memoryLock(parts: Partial<Lock<string>> = {}) {
  const log: unknown[] = [];
  const lock: Lock<string> = {
    acquire: (key, ttl) => {
      log.push("acquire", key, ttl);
      return "held";
    },
    release: (held) => log.push("release", held),
    ...parts,
  };
  return { lock: lock as Lock, log };
}

test("the lock is acquired before the first look, and released when the list shows the role group", async () => {
  const { lock, log } = memoryLock();
  const { result, paths } = await run([empty, createdGroup, empty, listOf(group(7))], { lock });
  expect(result).toEqual({ groupId: 7, status: "created" });
  expect(paths).toEqual(["list", "add_role_group", "list", "list"]);
  expect(log).toEqual(["acquire", "dingrole:addRoleGroup:a", 135_000, "release", "held"]);
});

test.each([
  ["an error of the list", [refusal(60011)]],
  ["a refused create", [empty, refusal(60011)]],
  ["two role groups of the name", [listOf(group(1), group(2))]],
])("the lock is released after %s", async (_, answers) => {
  const { lock, log } = memoryLock();
  const { error } = await run(answers, { lock });
  expect(error).toBeInstanceOf(Error);
  expect(log.slice(3)).toEqual(["release", "held"]);
});

test.each([
  ["the outcome is unknown", [empty, serverError, empty], { deadline: 3000 }],
  ["the list does not show it", [empty, createdGroup, empty], { deadline: 3000 }],
])("the lock is not released while %s", async (_, answers, options) => {
  const { lock, log } = memoryLock();
  await run(answers, { lock, ...options });
  expect(log).toEqual(["acquire", "dingrole:addRoleGroup:a", 18_000]);
});

test.each([
  ["throws", () => Promise.reject(new Error("b"))],
  ["returns null", () => null],
  ["returns false", () => false],
])("nothing is sent if acquire %s", async (_, acquire) => {
  const { lock, log } = memoryLock({ acquire: acquire as never });
  const { error, paths } = await run([empty], { lock });
  expect(error).toBeInstanceOf(LockError);
  expect(error).toMatchObject({ outcome: "not-executed", message: "addRoleGroup: the lock was not acquired" });
  expect([paths, log]).toEqual([[], []]);
});

test("nothing is created if the lock was lost", async () => {
  const { lock, log } = memoryLock({ isHeld: async (held) => held !== "held" });
  const { error, paths } = await run([empty], { lock });
  expect(error).toBeInstanceOf(LockError);
  expect(error.message).toBe("addRoleGroup: the lock was lost");
  expect(paths).toEqual(["list"]);
  expect(log.slice(3)).toEqual(["release", "held"]);
});

test("nothing is created if isHeld fails, and the error of a limiter is thrown unchanged", async () => {
  const cause = new Error("b");
  const { error, paths } = await run([empty], { lock: memoryLock({ isHeld: () => Promise.reject(cause) }).lock });
  expect(error).toMatchObject({ name: "LockError", outcome: "not-executed", cause });
  expect(paths).toEqual(["list"]);
  const limiter = (operation: string) => (operation === "addRoleGroup" ? Promise.reject(null) : undefined);
  const { client } = observedClient([empty], { limiter });
  expect(await ensureRoleGroup(client, { name: "a" }).catch((thrown) => [thrown])).toEqual([null]);
});

test("the deadline ends the wait for the lock, and a lock that comes later is released", async () => {
  const log: unknown[] = [];
  const acquire = () => new Promise<string>((resolve) => setTimeout(resolve, 9000, "late"));
  const { lock } = memoryLock({ acquire, release: (held) => log.push(held) });
  const { error, paths } = await run([empty], { lock, deadline: 1000 });
  expect(error).toMatchObject({ name: "TimeoutError", limit: "deadline", outcome: "not-executed" });
  expect([paths, log]).toEqual([[], ["late"]]);
});

test("a release that fails or hangs does not change the result", async () => {
  for (const release of [() => Promise.reject(new Error("b")), () => new Promise(() => {})]) {
    const { result } = await run([listOf(group(1))], { lock: memoryLock({ release }).lock });
    expect(result).toEqual({ groupId: 1, status: "existed" });
  }
});
