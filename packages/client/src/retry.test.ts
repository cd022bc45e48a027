import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError, type DingTalkError, HttpError } from "./errors.ts";
import { observedFixtureClient } from "./fixture-operations.test-helper.ts";
import { type Answer, created, fetchFailed, never, observedClient } from "./observed-client.test-helper.ts";
import { planRetry } from "./retry.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks(); // First, because the original of a spy on a timer is a fake timer.
  vi.useRealTimers();
});

const failed = (errcode: number) => ({ errcode, errmsg: "x" });
const wrapped = (sub_code: string) => ({ errcode: 88, errmsg: "x", sub_code, sub_msg: "x" });
const issued = { errcode: 0, access_token: "t", expires_in: 7200 };
const cutOff = () => new Response('{"errcode":0,"gro');
const status = (code: number) => () => new Response("{}", { status: code });
const page = () => new Response("<html>", { headers: { "Content-Type": "text/html" } });
const tooLarge = () => new Response(" ".repeat(2_000_000));

/** When each request was sent, in milliseconds after the first, and the result of the call. */
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

/** For each answer: when the requests are sent, and the outcome. "ok" means that the call finally succeeds. */
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
  ["90002, after 1, 2 and 4 s and jitter", "addRoleGroup", failed(90002), [0, 1500, 4000, 8500]],
  ["90018, after its second and jitter", "addRoleGroup", failed(90018), [0, 1500, 3000, 4500]],
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

test("a refused token string is not used again", async () => {
  const { sent, outcome } = await run("addRoleGroup", [failed(40014), created], { accessToken: "t" });
  expect(sent).toEqual([0]);
  expect(outcome).toMatchObject({ errcode: 40014, outcome: "not-executed" });
});

test("retries: 0 sends once, except with a new token", async () => {
  expect((await run("addRoleGroup", [failed(90018), created], { retries: 0 })).sent).toEqual([0]);
  expect((await run("addRoleGroup", [failed(40014), created], { retries: 0 })).sent).toEqual([0, 0]);
});

test("the client does not wait for a retry after the deadline", async () => {
  const { sent, outcome, events } = await run("addRoleGroup", [failed(90018)], { deadline: 3500 });
  expect(sent).toEqual([0, 1500, 3000]);
  expect(outcome).toMatchObject({ name: "ApiError", errcode: 90018 });
  expect(events.filter(({ type }) => type === "retry")).toHaveLength(2);
});

test("an idempotent call that is aborted after it was sent has an unknown outcome, and no retry", async () => {
  const controller = new AbortController();
  const { client, events } = observedClient([never]);
  const call = client.getToken({ appkey: "a", appsecret: "b" }, { signal: controller.signal });
  const settled = expect(call).rejects.toMatchObject({ name: "AbortError", outcome: "unknown" });
  await vi.advanceTimersByTimeAsync(10);
  controller.abort();
  await settled;
  expect(events.map(({ type }) => type)).toEqual(["attempt"]);
});

describe("a repeated call whose first attempt had an unknown outcome", () => {
  /** Returns the results in turn, and then throws. */
  function inTurn(...results: unknown[]) {
    return () => {
      if (results.length === 0) throw new Error("no more");
      return results.shift();
    };
  }
  const abortAfter = (milliseconds: number) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), milliseconds);
    return controller.signal;
  };
  async function remove(answers: Answer[], options = {}, getCallOptions = () => ({})) {
    const { client, events } = observedFixtureClient([status(503), ...answers], options);
    const settled = client.removeThing({ thing_id: 7 }, getCallOptions()).catch((error) => error);
    await vi.runAllTimersAsync();
    return { outcome: await settled, events };
  }

  test.each<[string, object, Parameters<typeof remove>]>([
    ["is refused", { name: "ApiError", errcode: 60011 }, [[failed(60011)]]],
    ["makes no connection", { name: "NetworkError", code: "ECONNREFUSED" }, [[fetchFailed("ECONNREFUSED")]]],
    ["is blocked", { name: "BlockedError" }, [[page]]],
    ["gets no token", { name: "TokenError", cause: { message: "no more" } }, [[], { accessToken: inTurn("t") }]],
    ["gets no slot", { limit: "deadline" }, [[], { limiter: inTurn(undefined, new Promise(() => {})) }]],
    ["is aborted before the second", { name: "AbortError" }, [[], {}, () => ({ signal: abortAfter(10) })]],
    ["ends with an unknown outcome", { name: "HttpError", status: 503 }, [[]]],
  ])("has an unknown outcome if it %s", async (_, expected, args) => {
    const { outcome } = await remove(...args);
    expect(outcome).toMatchObject({ ...expected, operation: "removeThing", outcome: "unknown" });
  });

  test.each([new Error("mine"), undefined])("throws what the limiter throws: %s", async (thrown) => {
    const limiter = vi.fn(() => {
      if (limiter.mock.calls.length > 1) throw thrown;
    });
    expect((await remove([], { limiter })).outcome).toBe(thrown);
  });

  test("was carried out if a later attempt was", async () => {
    expect((await remove([{ errcode: 0 }])).outcome).toEqual({});
    const executed = { errcode: 0, errmsg: "ok", things: "none" };
    const { client } = observedFixtureClient([status(503), executed]);
    const settled = client.listThings().catch((error) => error);
    await vi.runAllTimersAsync();
    expect(await settled).toMatchObject({ name: "ResponseError", outcome: "executed" });
  });

  test("throws a copy of the last error, and the events keep the outcome of each attempt", async () => {
    const { outcome: thrown, events } = await remove([{ errcode: 60011, errmsg: "no", request_id: "r1" }]);
    const errors = events.flatMap((event) => ("error" in event ? [event.error as DingTalkError] : []));
    expect(errors.map(({ outcome }) => outcome)).toEqual(["unknown", "unknown", "not-executed"]);
    const last = errors[2] as ApiError;
    expect(thrown).not.toBe(last);
    expect(thrown).toBeInstanceOf(ApiError);
    expect(thrown).toEqual(Object.assign(last, { outcome: "unknown" }));
    for (const read of [Object.prototype.toString, String, JSON.stringify])
      expect(read.call(thrown, thrown)).toBe(read.call(last, last));
    expect(thrown.stack).toContain(last.message);
  });

  test("succeeds if the answer to a resend proves the effect", async () => {
    const answer = Response.json({ errcode: 33011, errmsg: "no", request_id: "r2" }, { headers: { "x-trace": "7" } });
    const { outcome, events } = await remove([answer], {}, () => ({ withResponse: true }));
    expect(outcome).toEqual({ result: {}, status: 200, headers: expect.any(Headers), requestId: "r2" });
    expect(outcome.headers.get("x-trace")).toBe("7");
    expect(events).toMatchObject([
      { type: "attempt", attempt: 1, error: { status: 503 }, proof: undefined },
      { type: "retry", attempt: 1, error: { status: 503 } },
      { type: "attempt", attempt: 2, error: undefined, proof: { name: "ApiError", errcode: 33011, requestId: "r2" } },
    ]);
  });

  test.each([
    ["another code", [failed(33012)], { errcode: 33012 }],
    ["a resend that was not carried out for certain, and then the proof", [failed(90018), failed(33011)], {}],
    ["the proof under 88", [wrapped("33011")], {}],
  ])("goes by %s", async (_, answers, expected) => {
    const { outcome } = await remove(answers);
    expect(outcome).toEqual("errcode" in expected ? expect.objectContaining(expected) : expected);
  });
});

test("a new token takes none of the retries", async () => {
  const answers = [failed(40014), status(503), { errcode: 0 }];
  const { client, requests } = observedFixtureClient(answers, { accessToken: () => "t", retries: 1 });
  const settled = client.removeThing({ thing_id: 7 });
  await vi.runAllTimersAsync();
  expect(await settled).toEqual({});
  expect(requests).toHaveLength(3);
});

test.each([
  ["the first answer", [failed(33011)]],
  ["the answer to a resend whose first attempt was not carried out", [failed(90018), failed(33011)]],
  ["the answer with a new token", [failed(40014), failed(33011)]],
])("%s proves no effect", async (_, answers) => {
  const { client } = observedFixtureClient(answers, { accessToken: () => "t" });
  const settled = client.removeThing({ thing_id: 7 }).catch((error) => error);
  await vi.runAllTimersAsync();
  expect(await settled).toMatchObject({ name: "ApiError", errcode: 33011, outcome: "not-executed" });
});

describe("the number of requests and the outcome after a failure", () => {
  const give = async (userIds: string[], answer: Answer) => {
    const { client, requests } = observedFixtureClient([answer]);
    const settled = client.giveThings({ thingIds: [1], userIds }).catch((error) => error);
    await vi.runAllTimersAsync();
    return { sent: requests.length, outcome: (await settled).outcome };
  };

  test.each<[string, Answer, { sent: number; outcome: string }]>([
    ["wrong data", failed(33012), { sent: 1, outcome: "unknown" }],
    ["wrong data under 88", wrapped("33012"), { sent: 1, outcome: "unknown" }],
    ["an unlisted code", failed(77777), { sent: 4, outcome: "unknown" }],
    ["the permission", failed(60011), { sent: 1, outcome: "not-executed" }],
    ["a limit", failed(90018), { sent: 4, outcome: "not-executed" }],
  ])("%s, with a list of several items", async (_, answer, expected) => {
    expect(await give(["a", "b"], answer)).toEqual(expected);
  });

  test("wrong data, with lists of one item", async () => {
    expect(await give(["a"], failed(33012))).toEqual({ sent: 1, outcome: "not-executed" });
  });
});
