import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { created, fetchFailed, never, observedClient } from "./observed-client.test-helper.ts";
import { createLimiter, type Limiter } from "./rate-limiter.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The names of the requests, with the times when they were sent. */
function sent(requests: ReturnType<typeof observedClient>["requests"], start: number) {
  return requests.map(({ init, at }) => [String(init.body).replace("name=", ""), Math.round(at - start)]);
}

test("20 calls go at once; each later call goes a second after an earlier one, first come, first served", async () => {
  const { client, requests, events } = observedClient();
  const start = performance.now();
  const calls = Array.from({ length: 50 }, (_, index) => client.addRoleGroup({ name: String(index) }));
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  expect(sent(requests, start)).toEqual(
    Array.from({ length: 50 }, (_, index) => [String(index), index < 20 ? 0 : index < 40 ? 1000 : 2000]),
  );
  expect(events.filter(({ type }) => type === "throttled")).toHaveLength(30);
});

test("no second has more than `rate` calls, in any pattern of calls", async () => {
  const { client, requests } = observedClient([created], { rate: 3 });
  const calls: Promise<unknown>[] = [];
  for (let index = 0; index < 40; index++) {
    calls.push(client.addRoleGroup({ name: String(index) }));
    await vi.advanceTimersByTimeAsync((index * 137) % 500);
  }
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  const times = requests.map(({ at }) => at);
  for (const [index, time] of times.entries())
    if (index >= 3) expect(time - (times[index - 3] as number)).toBeGreaterThanOrEqual(1000);
  expect(requests).toHaveLength(40);
});

test.each([
  ["connections that take up to 0.9 s", 1, () => [Math.random() * 900, Math.random() * 300]],
  ["a server that is stopped for half a second", 1, (sent: number) => [sent % 5000 < 500 ? 500 - sent : 1, 3]],
  ["8 clients on one limiter", 8, () => [Math.random() * 200, Math.random() * 2000]],
])("with %s, no second of the server has more than the rate", async (_, clients, delays) => {
  const limiter = createLimiter(20);
  const arrivals: number[] = [];
  const fetch = async () => {
    const [way = 0, work] = delays(performance.now());
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, way)));
    arrivals.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, work));
    return Response.json(created);
  };
  const calls = Array.from({ length: clients }, () => observedClient([], { fetch, limiter, deadline: false })).flatMap(
    ({ client }) => Array.from({ length: 320 / clients }, () => client.addRoleGroup({ name: "a" })),
  );
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  arrivals.sort((one, other) => one - other);
  expect(arrivals).toHaveLength(320);
  for (const [index, time] of arrivals.entries())
    if (index >= 20) expect(time - (arrivals[index - 20] as number)).toBeGreaterThanOrEqual(1000);
});

test("a call without an answer releases its slot after 3 seconds", async () => {
  const { client, requests } = observedClient([never, created], { rate: 1, timeout: false });
  const start = performance.now();
  const controller = new AbortController();
  const lost = client.addRoleGroup({ name: "lost" }, { signal: controller.signal });
  await Promise.all([client.addRoleGroup({ name: "next" }), vi.advanceTimersByTimeAsync(4000)]);
  expect(sent(requests, start)).toEqual([
    ["lost", 0],
    ["next", 3000],
  ]);
  controller.abort();
  await expect(lost).rejects.toThrow("aborted");
});

test("after an idle time, as many calls as the rate go at once", async () => {
  const { client, requests } = observedClient();
  const create = () => Promise.all(Array.from({ length: 20 }, () => client.addRoleGroup({ name: "a" })));
  await create();
  await vi.advanceTimersByTimeAsync(1000);
  const start = performance.now();
  await create();
  expect(requests.slice(20).map(({ at }) => at - start)).toEqual(Array(20).fill(0));
});

test("a queue whose timers have died, as in a Worker, continues when another call arrives", async () => {
  const { client, requests } = observedClient([created], { rate: 1, deadline: false });
  const timers = [vi.spyOn(globalThis, "setTimeout"), vi.spyOn(globalThis, "setInterval")];
  for (const timer of timers) timer.mockReturnValue(undefined as never);
  const calls = ["a", "b"].map((name) => client.addRoleGroup({ name }));
  await calls[0];
  for (const timer of timers) timer.mockRestore();
  await vi.advanceTimersByTimeAsync(5000);
  expect(requests).toHaveLength(1);
  calls.push(client.addRoleGroup({ name: "c" }));
  await vi.advanceTimersByTimeAsync(0);
  expect(requests).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await Promise.all(calls)).toHaveLength(3);
});

test("times of another clock, such as fake timers, delay a call by a second at most", async () => {
  const { client, requests } = observedClient([created], { rate: 1 });
  await vi.advanceTimersByTimeAsync(3_600_000);
  await client.addRoleGroup({ name: "a" });
  vi.useRealTimers();
  vi.useFakeTimers({ now: 0 });
  vi.spyOn(performance, "now").mockImplementation(() => Date.now());
  const next = client.addRoleGroup({ name: "b" });
  await vi.advanceTimersByTimeAsync(1000);
  await next;
  expect(requests).toHaveLength(2);
});

test.each([
  ["half a call", 0.5, [0, 2000, 4000, 6000]],
  ["one", 1, [0, 1000, 2000]],
  ["two and a half", 2.5, [0, 0, 1000, 1000, 2000]],
])("a rate of %s is not exceeded in any second", async (_, rate, times) => {
  const { client, requests } = observedClient([created], { rate });
  const start = performance.now();
  const calls = times.map((_, index) => client.addRoleGroup({ name: String(index) }));
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  expect(requests.map(({ at }) => at - start)).toEqual(times.map((time) => expect.closeTo(time, -1)));
});

test.each([0, -1, 0.0009, 1e6 + 1, Number.NaN, Number.POSITIVE_INFINITY, "20", undefined])(
  "createLimiter refuses a rate of %s, which would limit nothing",
  (rate) => {
    expect(() => createLimiter(rate as number)).toThrow(
      expect.objectContaining({
        name: "TypeError",
        message: expect.stringMatching(/^createLimiter: rate must be a number from 0.001 to 1e6, not /),
      }),
    );
  },
);

test("each operation has its own limit", async () => {
  const { client, requests } = observedClient([{ errcode: 0, groupId: 1, access_token: "t", expires_in: 1 }], {
    rate: 1,
  });
  await Promise.all([client.addRoleGroup({ name: "a" }), client.getToken({ appkey: "a", appsecret: "b" })]);
  expect(requests).toHaveLength(2);
});

test("a call that stops waiting releases its slot to the next one", async () => {
  const { client, requests } = observedClient([created], { rate: 1 });
  const start = performance.now();
  const controller = new AbortController();
  const first = client.addRoleGroup({ name: "first" });
  const left = Array.from({ length: 10 }, () =>
    client.addRoleGroup({ name: "left" }, { signal: controller.signal }).catch(() => {}),
  );
  const last = client.addRoleGroup({ name: "last" });
  await vi.advanceTimersByTimeAsync(10);
  controller.abort();
  await vi.runAllTimersAsync();
  await Promise.all([first, last, ...left]);
  expect(sent(requests, start)).toEqual([
    ["first", 0],
    ["last", 1000],
  ]);
});

test("a call whose deadline passes before its slot is not sent", async () => {
  const { client, requests } = observedClient([created], { rate: 1, deadline: 500 });
  const calls = [client.addRoleGroup({ name: "a" }), client.addRoleGroup({ name: "b" })];
  const settled = Promise.allSettled(calls);
  await vi.runAllTimersAsync();
  expect(await settled).toMatchObject([
    { status: "fulfilled" },
    { reason: { name: "TimeoutError", limit: "deadline", outcome: "not-executed" } },
  ]);
  expect(requests).toHaveLength(1);
});

test("rate: false means no limit", async () => {
  const { client, requests } = observedClient([created], { rate: false });
  await Promise.all(Array.from({ length: 100 }, () => client.addRoleGroup({ name: "a" })));
  expect(requests).toHaveLength(100);
});

test("clients that share a limiter share its rate", async () => {
  const limiter = createLimiter(1);
  const [one, other] = [observedClient([created], { limiter }), observedClient([created], { limiter })];
  const start = performance.now();
  const calls = [one.client.addRoleGroup({ name: "a" }), other.client.addRoleGroup({ name: "b" })];
  await vi.runAllTimersAsync();
  await Promise.all(calls);
  expect(sent([...one.requests, ...other.requests], start)).toEqual([
    ["a", 0],
    ["b", 1000],
  ]);
});

test("an error of the caller's limiter is thrown by the call, and nothing is sent", async () => {
  const limiter = () => Promise.reject(new Error("redis is down"));
  const { client, requests } = observedClient([created], { limiter });
  await expect(client.addRoleGroup({ name: "a" })).rejects.toThrow("redis is down");
  expect(requests).toHaveLength(0);
});

test.each([
  ["true", () => true],
  ["an object", () => ({})],
])("a limiter that returns %s lets the call go", async (_, limiter) => {
  const { client, requests } = observedClient([created], { limiter: limiter as never });
  expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: created.groupId });
  expect(requests).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ["at once", (release: () => void) => release],
  ["by a promise", async (release: () => void) => release],
])("a limiter's Release, returned %s, is called once for each attempt, when it has ended", async (_, limit) => {
  let released = 0;
  const limiter = (() =>
    limit(() => {
      released++;
      throw new Error("ignored");
    })) as Limiter;
  const seen: number[] = [];
  const answer = (value: object) => () => {
    seen.push(released);
    return value;
  };
  const answers = [answer({ errcode: 90018 }), answer(fetchFailed("ECONNREFUSED")), answer(created)];
  const { client } = observedClient(answers, { limiter });
  const call = client.addRoleGroup({ name: "a" });
  await vi.runAllTimersAsync();
  expect(await call).toEqual({ groupId: created.groupId });
  expect([...seen, released]).toEqual([0, 1, 2, 3]);
});

test("a Release that is returned after its call has ended is still called", async () => {
  const waiting: ((release: () => void) => void)[] = [];
  const release = vi.fn();
  const limiter: Limiter = () => new Promise((resolve) => waiting.push(resolve));
  const { client, requests } = observedClient([created], { limiter });
  const ended = expect(client.addRoleGroup({ name: "a" }, { deadline: 500 })).rejects.toThrow(
    "the deadline of 500 ms has passed",
  );
  await vi.runAllTimersAsync();
  await ended;
  waiting[0]?.(release);
  await vi.runAllTimersAsync();
  expect(release).toHaveBeenCalledTimes(1);
  expect(requests).toHaveLength(0);
});

test("a limiter can pass a copy of its second argument to another limiter", async () => {
  const inner = createLimiter(1);
  const { client, requests } = observedClient([created], {
    limiter: (operation, call) => inner(operation, { ...call }),
  });
  const calls = [client.addRoleGroup({ name: "a" }), client.addRoleGroup({ name: "b" })];
  const settled = Promise.all(calls);
  await vi.runAllTimersAsync();
  await settled;
  expect(requests).toHaveLength(2);
});

test("a limiter that reads the signal of an ended call gets an aborted one", async () => {
  let turn: { signal: AbortSignal } | undefined;
  const limiter: Limiter = (_, call) => {
    turn = call;
    return new Promise(() => {});
  };
  const { client } = observedClient([created], { limiter });
  const ended = expect(client.addRoleGroup({ name: "a" }, { deadline: 500 })).rejects.toThrow(
    "the deadline of 500 ms has passed",
  );
  await vi.runAllTimersAsync();
  await ended;
  expect(turn?.signal.aborted).toBe(true);
});

test("a queue whose calls have ended has no timer; a waiting queue has one, and each call has its own", async () => {
  const { client } = observedClient([created], { rate: 0.1 });
  await client.addRoleGroup({ name: "a" });
  for (let round = 0; round < 5; round++) {
    const controller = new AbortController();
    const call = client.addRoleGroup({ name: "b" }, { signal: controller.signal, deadline: false });
    controller.abort();
    await expect(call).rejects.toThrow("aborted");
    expect(vi.getTimerCount()).toBe(0);
  }
  const calls = Promise.all(["c", "d"].map((name) => client.addRoleGroup({ name }, { deadline: false })));
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(3);
  await vi.runAllTimersAsync();
  expect(await calls).toHaveLength(2);
});

test("a clock that advances between two reads gives no negative timer, for which Node would warn", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => (now += 3));
  const times: number[] = [];
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((go: () => void, time: number) => {
    times.push(time);
    queueMicrotask(go);
  }) as never);
  const limiter = createLimiter(10);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 100 }, () => limiter("addRoleGroup", { signal })));
  vi.restoreAllMocks();
  expect(times.length).toBeGreaterThan(5);
  expect(times.filter((time) => time < 0)).toEqual([]);
});
