import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HttpError } from "./errors.ts";
import { type Answer, created, fetchFailed, never, observedClient } from "./observed-client.test-helper.ts";
import { planRetry } from "./retry.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks(); // First: the original of a spy on a timer is a fake one.
  vi.useRealTimers();
});

const failed = (errcode: number) => ({ errcode, errmsg: "x" });
const wrapped = (sub_code: string) => ({ errcode: 88, errmsg: "x", sub_code, sub_msg: "x" });
const issued = { errcode: 0, access_token: "t", expires_in: 7200 };
const cutOff = () => new Response('{"errcode":0,"gro');
const status = (code: number) => () => new Response("{}", { status: code });
const page = () => new Response("<html>", { headers: { "Content-Type": "text/html" } });
const tooLarge = () => new Response(" ".repeat(2_000_000));

/** When each request was sent, in milliseconds from the first, and what became of the call. */
async function run(operation: "addRoleGroup" | "getToken", answers: Answer[], options = {}) {
  const { client, requests, events } = observedClient(answers, { accessToken: () => "t", ...options } as never);
  const call =
    operation === "getToken" ? client.getToken({ appkey: "a", appsecret: "b" }) : client.addRoleGroup({ name: "a" });
  const settled = call.then(
    () => "ok",
    (error) => error,
  );
  await vi.runAllTimersAsync();
  const outcome = await settled;
  const start = requests[0]?.at ?? 0;
  return { sent: requests.map(({ at }) => Math.round(at - start)), outcome, events };
}

/** DESIGN's table. `sent` says when the requests went; an outcome of "ok" that the call succeeded in the end. */
const rows: [
  string,
  Answer,
  create: [sent: number[], outcome: string],
  idempotent: [sent: number[], outcome: string],
][] = [
  ["connection refused", fetchFailed("ECONNREFUSED"), [[0, 500], "ok"], [[0, 500], "ok"]],
  ["DNS", fetchFailed("ENOTFOUND", { syscall: "getaddrinfo" }), [[0, 500], "ok"], [[0, 500], "ok"]],
  ["TLS", fetchFailed("CERT_HAS_EXPIRED"), [[0, 500], "ok"], [[0, 500], "ok"]],
  ["40001", failed(40001), [[0, 0], "ok"], [[0], "not-executed"]],
  ["40014", failed(40014), [[0, 0], "ok"], [[0], "not-executed"]],
  ["41001", failed(41001), [[0, 0], "ok"], [[0], "not-executed"]],
  ["42001", failed(42001), [[0, 0], "ok"], [[0], "not-executed"]],
  ["40014 under 88", wrapped("40014"), [[0, 0], "ok"], [[0], "not-executed"]],
  ["42001 as a string", { errcode: "42001", errmsg: "x" }, [[0, 0], "ok"], [[0], "not-executed"]],
  ["90018", failed(90018), [[0, 1500], "ok"], [[0, 1500], "ok"]],
  ["90018 under 88", wrapped("90018"), [[0, 1500], "ok"], [[0, 1500], "ok"]],
  ["90002", failed(90002), [[0, 1500], "ok"], [[0, 1500], "ok"]],
  ["HTML", page, [[0], "not-executed"], [[0], "not-executed"]],
  ["punish: deny", { punish: "deny" }, [[0], "not-executed"], [[0], "not-executed"]],
  ["-1", failed(-1), [[0], "unknown"], [[0, 500], "ok"]],
  ["15", failed(15), [[0], "unknown"], [[0, 500], "ok"]],
  ["timeout", never, [[0], "unknown"], [[0, 12_501], "ok"]],
  ["reset", fetchFailed("ECONNRESET", { syscall: "read" }), [[0], "unknown"], [[0, 500], "ok"]],
  ["500", status(500), [[0], "unknown"], [[0, 500], "ok"]],
  ["502", status(502), [[0], "unknown"], [[0, 500], "ok"]],
  ["503", status(503), [[0], "unknown"], [[0, 500], "ok"]],
  ["cut-off body", cutOff, [[0], "unknown"], [[0, 500], "ok"]],
  ["oversized body", tooLarge, [[0], "unknown"], [[0, 500], "ok"]],
  ["any other errcode", failed(60011), [[0], "not-executed"], [[0], "not-executed"]],
  ["success without its fields", { errcode: 0 }, [[0], "executed"], [[0], "executed"]],
];

describe.each(rows)("%s", (_, answer, create, idempotent) => {
  test("on a create", async () => {
    const { sent, outcome } = await run("addRoleGroup", [answer, created]);
    expect([sent, outcome.outcome ?? outcome]).toEqual(create);
  });

  test("on an idempotent call", async () => {
    const { sent, outcome } = await run("getToken", [answer, issued]);
    expect([sent, outcome.outcome ?? outcome]).toEqual(idempotent);
  });
});

test.each([
  ["-1 on an idempotent call, at most 3 times, with full jitter", "getToken", failed(-1), [0, 500, 1500, 3500]],
  ["90002, after 1, 2 and 4 s, and jitter", "addRoleGroup", failed(90002), [0, 1500, 4000, 8500]],
  ["90018, when its second is over, and jitter", "addRoleGroup", failed(90018), [0, 1500, 3000, 4500]],
  ["connection refused, 3 times, with full jitter", "addRoleGroup", fetchFailed("ECONNREFUSED"), [0, 500, 1500, 3500]],
  ["a refused token, once, and not again", "addRoleGroup", failed(40014), [0, 0]],
] as const)("%s", async (_, operation, answer, times) => {
  const { sent, outcome } = await run(operation, [answer]);
  expect(sent).toEqual(times);
  expect(outcome).toBeInstanceOf(Error);
});

test.each([
  ["a safe call", "safe", 500],
  ["an idempotent call", "idempotent", 500],
  ["a call that is neither", undefined, undefined],
] as const)("%s after an unknown outcome", (_, effect, wait) => {
  expect(planRetry(new HttpError("addRoleGroup", 503), effect, 0)).toBe(wait);
});

test("a string that was refused is not sent again", async () => {
  const { sent, outcome } = await run("addRoleGroup", [failed(40014), created], { accessToken: "t" });
  expect(sent).toEqual([0]);
  expect(outcome).toMatchObject({ errcode: 40014, outcome: "not-executed" });
});

test("retries: 0 sends once, but for a new token", async () => {
  expect((await run("addRoleGroup", [failed(90018), created], { retries: 0 })).sent).toEqual([0]);
  expect((await run("addRoleGroup", [failed(40014), created], { retries: 0 })).sent).toEqual([0, 0]);
});

test("a retry that the deadline does not leave time for is not waited for", async () => {
  const { sent, outcome, events } = await run("addRoleGroup", [failed(90018)], { deadline: 3500 });
  expect(sent).toEqual([0, 1500, 3000]);
  expect(outcome).toMatchObject({ name: "ApiError", errcode: 90018 });
  expect(events.filter(({ type }) => type === "retry")).toHaveLength(2);
});

test("the deadline ends an attempt, too", async () => {
  const { outcome } = await run("addRoleGroup", [never], { timeout: false, deadline: 700 });
  expect(outcome).toMatchObject({ name: "TimeoutError", limit: "deadline", outcome: "unknown" });
});

test("a timer that fires again after the call has ended, as the fake ones of node:test may, sets no other", async () => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  const { client } = observedClient([never], { timeout: 100, retries: 0 });
  const ended = expect(client.addRoleGroup({ name: "a" })).rejects.toThrow("the timeout of 100 ms has passed");
  const [fire] = timers.mock.lastCall as [() => void];
  await vi.runAllTimersAsync();
  await ended;
  fire();
  expect(vi.getTimerCount()).toBe(0);
});

test("timeout: false and deadline: false leave a call to itself", async () => {
  const slow = () => new Promise((resolve) => setTimeout(resolve, 10_000_000, created));
  expect((await run("addRoleGroup", [slow], { timeout: false, deadline: false })).outcome).toBe("ok");
});

describe("the caller's signal", () => {
  /** Aborts after `milliseconds`. */
  async function abort(milliseconds: number, answers: Answer[], options = {}) {
    const { client, requests } = observedClient(answers, { accessToken: () => "t", ...options } as never);
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, "removeEventListener");
    const add = vi.spyOn(controller.signal, "addEventListener");
    const settled = client.addRoleGroup({ name: "a" }, { signal: controller.signal }).catch((error) => error);
    await vi.advanceTimersByTimeAsync(milliseconds);
    controller.abort(new Error("enough"));
    const error = await settled;
    await vi.runAllTimersAsync();
    expect(remove.mock.calls.length).toBeGreaterThanOrEqual(add.mock.calls.length);
    return { error, requests };
  }

  test("ends a request that is under way: its outcome is unknown", async () => {
    const { error, requests } = await abort(100, [never]);
    expect(error).toMatchObject({ name: "AbortError", outcome: "unknown", cause: new Error("enough") });
    expect(requests[0]?.init.signal?.aborted).toBe(true);
  });

  test("ends the wait for a retry", async () => {
    const { error, requests } = await abort(100, [failed(90018)]);
    expect(error).toMatchObject({ name: "AbortError", outcome: "not-executed" });
    expect(requests).toHaveLength(1);
  });

  test("ends the wait for a token", async () => {
    const { error, requests } = await abort(100, [created], { accessToken: () => new Promise(() => {}) });
    expect(error).toMatchObject({ name: "AbortError", outcome: "not-executed" });
    expect(requests).toHaveLength(0);
  });

  test("ends the wait for the rate limit", async () => {
    const { error, requests } = await abort(100, [created], { limiter: () => new Promise(() => {}) });
    expect(error).toMatchObject({ name: "AbortError", outcome: "not-executed" });
    expect(requests).toHaveLength(0);
  });

  test("that is aborted already ends the call before anything is sent", async () => {
    const { client, requests } = observedClient();
    const call = client.addRoleGroup({ name: "a" }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: "AbortError", outcome: "not-executed" });
    expect(requests).toHaveLength(0);
  });
});

test("a block keeps the client shut for 5 minutes, and only that long", async () => {
  const { client, requests, events } = observedClient([page, created]);
  const create = () => client.addRoleGroup({ name: "a" }).catch((error) => error);
  const until = Date.now() + 5 * 60_000;
  expect(await create()).toMatchObject({ name: "BlockedError", until });
  await vi.advanceTimersByTimeAsync(5 * 60_000 - 1);
  expect(await create()).toMatchObject({ name: "BlockedError", until });
  expect(requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await create()).toEqual({ groupId: 1560985325 });
  expect(events.filter(({ type }) => type === "blocked")).toEqual([
    { type: "blocked", operation: "addRoleGroup", until },
  ]);
});

test("a clock that is set back does not make a block longer", async () => {
  const { client, requests } = observedClient([page, created]);
  await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({ name: "BlockedError" });
  vi.setSystemTime(Date.now() - 3_600_000);
  await vi.advanceTimersByTimeAsync(60_000);
  const until = Date.now() + 4 * 60_000;
  await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({ name: "BlockedError", until });
  await vi.advanceTimersByTimeAsync(4 * 60_000);
  await client.addRoleGroup({ name: "a" });
  expect(requests).toHaveLength(2);
});

test("events tell of each attempt and retry", async () => {
  const { events, outcome } = await run("addRoleGroup", [failed(90018), created]);
  expect(outcome).toBe("ok");
  expect(events).toMatchObject([
    { type: "attempt", operation: "addRoleGroup", attempt: 1, error: { errcode: 90018 } },
    { type: "retry", operation: "addRoleGroup", attempt: 1, wait: 1500, error: { errcode: 90018 } },
    { type: "attempt", operation: "addRoleGroup", attempt: 2 },
  ]);
  expect(events[2]).toMatchObject({ error: undefined });
});
