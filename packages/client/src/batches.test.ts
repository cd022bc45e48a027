import { readDescription } from "@dingrole/spec";
import { expect, test, vi } from "vitest";
import { type Batch, BatchesError, type BatchesOptions, callInBatches } from "./batches.ts";
import { ResponseError } from "./index.ts";
import { type Answer, type ObservedRequest, observedClient } from "./observed-client.test-helper.ts";

const done = { errcode: 0, request_id: "a" };
const unknownUser = { errcode: 33012, errmsg: "a", request_id: "b" };
const usersUpTo = (count: number) => Array.from({ length: count }, (_, index) => `user${index + 1}`);
const rolesUpTo = (count: number) => Array.from({ length: count }, (_, index) => 2 ** 32 + index);

const refusal = (sub_code: string) => ({ errcode: 88, errmsg: "a", sub_code, sub_msg: "b", request_id: "c" });

/** The fields of a request's form, with the length of each list. */
const lengthsOf = ({ init }: ObservedRequest) =>
  [...new URLSearchParams(String(init.body))].map(([name, list]) => `${name}:${list.split(",").length}`).join(" ");

/** Calls without retries, and returns what came of it. */
async function call(
  answers: Answer[],
  input: Parameters<typeof callInBatches<"addRolesForMembers">>[2],
  options: BatchesOptions<"addRolesForMembers"> = {},
) {
  const { client, requests } = observedClient(answers, { rate: false, retries: 0 });
  const ended = await callInBatches(client, "addRolesForMembers", input, options).then(
    (batches) => ({ batches, error: undefined }),
    (error) => ({ batches: error.batches as readonly Batch<"addRolesForMembers">[], error }),
  );
  return { ...ended, requests, statuses: ended.batches?.map(({ status }) => status) };
}

test.each([
  [1, 1, ["roleIds:1 userIds:1"]],
  [20, 20, ["roleIds:20 userIds:20"]],
  [1, 21, ["roleIds:1 userIds:20", "roleIds:1 userIds:1"]],
  [21, 1, ["roleIds:20 userIds:1", "roleIds:1 userIds:1"]],
  [
    21,
    41,
    [
      "roleIds:20 userIds:20",
      "roleIds:20 userIds:20",
      "roleIds:20 userIds:1",
      "roleIds:1 userIds:20",
      "roleIds:1 userIds:20",
      "roleIds:1 userIds:1",
    ],
  ],
])("%i roles and %i users are sent in calls of at most 20 of each", async (roles, users, expected) => {
  const input = { roleIds: rolesUpTo(roles), userIds: usersUpTo(users) };
  const { batches, error, requests } = await call([done], input);
  expect(error).toBeUndefined();
  expect(requests.map(lengthsOf)).toEqual(expected);
  expect(batches.every(({ status }) => status === "applied")).toBe(true);
  const pairs = batches.flatMap(({ input: { roleIds, userIds } }) =>
    roleIds.flatMap((role) => userIds.map((user) => `${role} ${user}`)),
  );
  expect(pairs.toSorted()).toEqual(
    input.roleIds.flatMap((role) => input.userIds.map((user) => `${role} ${user}`)).toSorted(),
  );
});

test("each operation has its own maximum: a role is taken from 100 users in a call", async () => {
  const { client, requests } = observedClient([done]);
  await callInBatches(client, "removeRolesForMembers", { roleIds: [1], userIds: usersUpTo(101) });
  expect(requests.map(lengthsOf)).toEqual(["roleIds:1 userIds:100", "roleIds:1 userIds:1"]);
});

test("it stops at the first batch that was not applied, and says of each batch what became of it", async () => {
  const input = { roleIds: [1], userIds: usersUpTo(70) };
  const { batches, error, requests } = await call([done, refusal("60011"), done], input);
  expect(requests).toHaveLength(2);
  expect(error).toBeInstanceOf(BatchesError);
  expect(error).toMatchObject({
    name: "BatchesError",
    operation: "addRolesForMembers",
    outcome: "unknown",
    cause: { name: "ApiError", errcode: 60011 },
    message: expect.stringMatching(
      /^addRolesForMembers: 1 of 4 batches applied, 1 not-applied, 2 not-sent: addRolesForMembers failed: 60011 /,
    ),
  });
  expect(batches).toMatchObject([
    { input: { roleIds: [1], userIds: input.userIds.slice(0, 20) }, status: "applied" },
    { input: { roleIds: [1], userIds: input.userIds.slice(20, 40) }, status: "not-applied", error: { errcode: 60011 } },
    { input: { roleIds: [1], userIds: input.userIds.slice(40, 60) }, status: "not-sent" },
    { input: { roleIds: [1], userIds: input.userIds.slice(60) }, status: "not-sent" },
  ]);
});

test("it goes on after a failure if it is asked to", async () => {
  const input = { roleIds: [1], userIds: usersUpTo(70) };
  const answers = [done, refusal("60011"), unknownUser, done];
  const { error, statuses } = await call(answers, input, { continueAfterFailure: true });
  expect(statuses).toEqual(["applied", "not-applied", "unknown", "applied"]);
  expect(error).toMatchObject({ outcome: "unknown", cause: { errcode: 60011 } });
});

test.each<[string, Answer, Batch["status"], Batch["status"]]>([
  ["an invalid token", refusal("40014"), "not-applied", "not-applied"],
  ["a missing permission", refusal("60011"), "not-applied", "not-applied"],
  ["an IP that is not allowed", refusal("60020"), "not-applied", "not-applied"],
  ["a rate limit", { errcode: 90018, errmsg: "a" }, "not-applied", "not-applied"],
  ["a monthly quota", refusal("90020"), "not-applied", "not-applied"],
  ["an IP block", { punish: "deny" }, "not-applied", "not-applied"],
  ["a role that does not exist", { errcode: 33011, errmsg: "a" }, "unknown", "not-applied"],
  ["a user that does not exist", unknownUser, "unknown", "not-applied"],
  ["a user that does not exist, wrapped by 15", { ...refusal("33012"), errcode: 15 }, "unknown", "not-applied"],
  ["an unlisted code", { errcode: 50002, errmsg: "a" }, "unknown", "not-applied"],
  ["an unlisted code of the gateway", refusal("50002"), "unknown", "not-applied"],
  ["a busy system", { errcode: -1, errmsg: "a" }, "unknown", "unknown"],
  ["a busy service", { errcode: 1002, errmsg: "a" }, "unknown", "unknown"],
  ["a lost answer", new TypeError("fetch failed"), "unknown", "unknown"],
  ["an HTTP status", new Response("", { status: 502 }), "unknown", "unknown"],
  ["a cut answer", new Response("{"), "unknown", "unknown"],
])("after %s, 20 pairs and one pair", async (_, answer, ofMany, ofOne) => {
  const many = await call([answer], { roleIds: [1], userIds: usersUpTo(20) });
  const one = await call([answer], { roleIds: [1], userIds: ["a"] });
  expect([many.statuses, one.statuses]).toEqual([[ofMany], [ofOne]]);
  expect(many.error.outcome).toBe(ofMany === "unknown" ? "unknown" : "not-executed");
});

test("a batch with a broken success is applied", async () => {
  const broken = new ResponseError("addRolesForMembers", "is broken", "executed");
  const client = { addRolesForMembers: () => Promise.reject(broken) };
  const batches = await callInBatches(client, "addRolesForMembers", { roleIds: [1], userIds: ["a"] });
  expect(batches).toMatchObject([{ status: "applied", error: broken }]);
});

test("the codes that prove that nothing was applied are those with which the gateway refuses any operation", async () => {
  const operations = readDescription().operations.filter(({ needsToken }) => needsToken);
  const codesOf = (each: (typeof operations)[number]) => each.errcodes.map(({ code }) => code);
  const common = (code: number) => operations.every((each) => codesOf(each).includes(code));
  const split = operations.filter(({ batches }) => batches.length > 0);
  expect(split.length).toBeGreaterThan(0);
  for (const code of new Set(split.flatMap(codesOf))) {
    const { statuses } = await call([{ errcode: code, errmsg: "a" }], { roleIds: [1], userIds: usersUpTo(2) });
    if (statuses?.[0] === "not-applied") expect(common(code), `${code}`).toBe(true);
    else expect(statuses, `${code}`).toEqual(["unknown"]);
  }
});

test("lists of 100,000 users are split in a moment", async () => {
  const { client } = observedClient([done], { rate: false });
  const start = performance.now();
  const batches = await callInBatches(client, "removeRolesForMembers", { roleIds: [1], userIds: usersUpTo(100_000) });
  expect(batches).toHaveLength(1000);
  expect(performance.now() - start).toBeLessThan(5000);
});

test("a batch whose outcome was unknown stays unknown if it is refused later", async () => {
  const first = await call([new TypeError("fetch failed")], { roleIds: [1], userIds: ["a"] });
  const second = await call([refusal("60011")], JSON.parse(JSON.stringify(first.batches)));
  expect(second.statuses).toEqual(["unknown"]);
  expect(second.error).toMatchObject({ outcome: "unknown", cause: { errcode: 60011 } });
  const third = await call([done], second.batches);
  expect(third.batches).toEqual([
    { operation: "addRolesForMembers", input: first.batches[0]?.input, status: "applied" },
  ]);
});

test("an earlier call's batches are continued: only those that were not applied are sent", async () => {
  const input = { roleIds: rolesUpTo(21), userIds: usersUpTo(41) };
  const first = await call([done, new TypeError("fetch failed")], input);
  expect(first.statuses).toEqual(["applied", "unknown", "not-sent", "not-sent", "not-sent", "not-sent"]);
  const saved = JSON.parse(JSON.stringify(first.batches));
  const second = await call([done, refusal("90002")], saved);
  expect(second.requests.map(lengthsOf)).toEqual(["roleIds:20 userIds:20", "roleIds:20 userIds:1"]);
  expect(second.statuses).toEqual(["applied", "applied", "not-applied", "not-sent", "not-sent", "not-sent"]);
  expect(saved[1].status, "the batches that were passed stay as they are").toBe("unknown");
  const third = await call([done], second.batches);
  expect(third.requests).toHaveLength(4);
  expect(third.error).toBeUndefined();
  expect(third.batches.map(({ input }) => input)).toEqual(first.batches.map(({ input }) => input));
});

test.each<[string, unknown, string]>([
  ["batches of the opposite operation", "removeRolesForMembers", "removeRolesForMembers"],
  ["inputs instead of batches", undefined, "undefined"],
])("%s are refused: they would count as applied", async (_, operation, received) => {
  const batches = [
    { operation: "addRolesForMembers", input: { roleIds: [1], userIds: ["a"] }, status: "not-sent" },
    { operation, input: { roleIds: [1], userIds: ["b"] }, status: "applied" },
  ];
  const { error, requests } = await call([done], batches as never);
  expect(error).toMatchObject({
    name: "InputError",
    message: `addRolesForMembers: batch 2 must be a batch of addRolesForMembers, not of ${received}`,
  });
  expect(requests).toEqual([]);
});

test("a string for continueAfterFailure is refused", async () => {
  const options = { continueAfterFailure: "false" as never };
  const { error, requests } = await call([done], { roleIds: [1], userIds: ["a"] }, options);
  expect(error.message).toBe("addRolesForMembers: continueAfterFailure must be a boolean, not string");
  expect(requests).toEqual([]);
});

test("`onBatch` shows the progress, and cannot break the work", async () => {
  const onBatch = vi.fn(() => {
    throw new Error("hook");
  });
  const { error } = await call([done, unknownUser], { roleIds: [1], userIds: usersUpTo(70) }, { onBatch });
  expect(error).toBeInstanceOf(BatchesError);
  expect(onBatch.mock.calls).toMatchObject([
    [{ status: "applied" }, 1, 4],
    [{ status: "unknown", error: { errcode: 33012 } }, 2, 4],
  ]);
});

test.each([false, true])(
  "an aborted signal ends the work, with continueAfterFailure %s",
  async (continueAfterFailure) => {
    const abort = new AbortController();
    const { requests, statuses, error } = await call(
      [done],
      { roleIds: [1], userIds: usersUpTo(70) },
      { continueAfterFailure, signal: abort.signal, onBatch: (_, number) => number === 2 && abort.abort() },
    );
    expect(requests).toHaveLength(2);
    expect(statuses).toEqual(["applied", "applied", "not-applied", "not-sent"]);
    expect(error.cause).toMatchObject({ name: "AbortError", outcome: "not-executed" });
  },
);

test("the options of a call apply to each batch", async () => {
  const slow = () => new Promise((resolve) => setTimeout(() => resolve(done), 80));
  const { statuses, error } = await call([done, slow], { roleIds: [1], userIds: usersUpTo(21) }, { timeout: 20 });
  expect(statuses).toEqual(["applied", "unknown"]);
  expect(error.cause).toMatchObject({ name: "TimeoutError", limit: "timeout" });
});

test("the error of a limiter says nothing about the batch", async () => {
  const limiter = () => {
    throw new Error("no slot");
  };
  const { client } = observedClient([done], { limiter });
  const error = await callInBatches(client, "addRolesForMembers", { roleIds: [1], userIds: ["a"] }).catch(
    (each) => each,
  );
  expect(error).toMatchObject({
    batches: [{ status: "unknown", error: { message: "no slot" } }],
    message: "addRolesForMembers: 0 of 1 batches applied, 1 unknown: no slot",
  });
});

test.each([
  ["undefined", undefined],
  ["null", null],
  ["symbol", Symbol("a")],
  ["object", Object.create(null)],
])("a limiter that throws a value of type %s does not lose the batches", async (type, thrown) => {
  let calls = 0;
  const limiter = () => (calls++ ? Promise.reject(thrown) : undefined);
  const { client } = observedClient([done], { limiter });
  const input = { roleIds: [1], userIds: usersUpTo(21) };
  const error = await callInBatches(client, "addRolesForMembers", input).catch((each) => each);
  expect(error).toMatchObject({
    batches: [{ status: "applied" }, { status: "unknown", error: thrown }],
    message: `addRolesForMembers: 1 of 2 batches applied, 1 unknown: a value of type ${type} was thrown`,
  });
});

test.each<[string, object, string]>([
  ["an empty list", { roleIds: [1], userIds: [] }, "userIds must have at least 1 item, not 0"],
  [
    "a user that comes twice, far apart",
    { roleIds: [1], userIds: [...usersUpTo(50), "user1"] },
    "userIds[50] must not repeat userIds[0]",
  ],
  [
    "a user with a comma, in a later batch",
    { roleIds: [1], userIds: [...usersUpTo(50), "a,b"] },
    "userIds[50] must not contain a comma",
  ],
  [
    "an empty user, in a later batch",
    { roleIds: [1], userIds: [...usersUpTo(50), ""] },
    "userIds[50] must not be empty",
  ],
  [
    "half a character, in a later batch",
    { roleIds: [1], userIds: [...usersUpTo(50), "\ud83c"] },
    "userIds contains a lone surrogate",
  ],
  ["a role that is a string", { roleIds: ["1"], userIds: ["a"] }, "roleIds[0] must be of type"],
  ["a role beyond 2 ** 53", { roleIds: [2 ** 53], userIds: ["a"] }, "roleIds[0] must be a safe integer"],
  ["a text instead of a list", { roleIds: [1], userIds: "a" }, "userIds must be of type array"],
  ["a missing list", { roleIds: [1] }, "userIds must be of type array"],
])("%s is an InputError before anything is sent", async (_, input, message) => {
  const { error, requests } = await call([done], input as never);
  expect(error).toMatchObject({
    name: "InputError",
    outcome: "not-executed",
    message: expect.stringContaining(`addRolesForMembers: ${message}`),
  });
  expect(requests).toEqual([]);
});

test.each(["updateRoleScope", "addRoleGroup", "constructor"])("%s is never split", async (operation) => {
  const { client, requests } = observedClient([done]);
  await expect(callInBatches(client, operation as never, {} as never)).rejects.toThrow(
    new TypeError(
      `callInBatches: operation must be addRolesForMembers or removeRolesForMembers, not ${operation}: other operations cannot be split`,
    ),
  );
  expect(requests).toEqual([]);
});
