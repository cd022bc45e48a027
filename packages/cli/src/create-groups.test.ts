import { createMock, type Mock } from "@dingrole/mock";
import { beforeEach, expect, test } from "vitest";
import { createGroups, MAX_UNKNOWN_IN_TURN, type Result, type Run } from "./create-groups.ts";
import { type Journal, JournalError } from "./journal.ts";
import type { Entry, Recorded } from "./journal-entries.ts";

let mock: Mock;
let log: string[];
beforeEach(async () => {
  mock = await createMock();
  log = [];
});

const groups = (...names: string[]) => names.map((name) => ({ name }));
const many = (count: number) => groups(...Array.from({ length: count }, (_, index) => `g${index}`));

/** A journal that writes into the same log as `fetchInLog`, so that a test sees the order. */
const journal = (recorded: Record<string, Recorded> = {}, append = async (_: Entry) => {}): Journal => ({
  recorded: new Map(Object.entries(recorded)),
  async append(entry) {
    await append(entry);
    log.push(Object.entries(entry).slice(0, 1).flat().join(" "));
  },
  close: async () => {},
  abandon() {},
});

const fetchInLog: typeof fetch = (url, init) => {
  log.push(`sent ${new URLSearchParams(String(init?.body)).get("name")}`);
  return mock.fetch(url, init);
};

async function create(list: readonly { name: string }[], run: Partial<Run> & { fetch?: typeof fetch } = {}) {
  const results = new Map<string, Result>();
  const cause = await createGroups(list, {
    options: { accessToken: "token", baseUrl: "http://127.0.0.1", fetch: run.fetch ?? fetchInLog },
    journal: journal(),
    concurrency: 1,
    rate: false,
    retryUnknown: false,
    stop: new AbortController().signal,
    onResult: (result) => results.set(result.group.name, result),
    ...run,
  });
  const states = Object.fromEntries([...results].map(([name, { state }]) => [name, state]));
  return { cause, results, states };
}

test("a group is `sending` in the journal before its create is sent, and `created` after", async () => {
  const { cause, results } = await create(groups("a", "b"));
  expect(log).toEqual(["sending a", "sent a", "created a", "sending b", "sent b", "created b"]);
  expect(results.get("a")).toMatchObject({ state: "created", groupId: 1560985325 });
  expect(cause).toBeUndefined();
});

test("a create that is resent after a refusal is `sending` before each attempt", async () => {
  mock.next("invalidToken", "created");
  let calls = 0;
  const options = { accessToken: () => `token${calls++}`, baseUrl: "http://127.0.0.1", fetch: fetchInLog };
  expect((await create(groups("a"), { options })).states).toEqual({ a: "created" });
  expect(log).toEqual(["sending a", "sent a", "sending a", "sent a", "created a"]);
});

test("a stopped run does not wait for a token", async () => {
  const stop = new AbortController();
  const options = { appKey: "key", appSecret: "secret", baseUrl: "http://127.0.0.1" };
  const { cause, states } = await create(groups("a", "b"), {
    options: {
      ...options,
      fetch: () => {
        stop.abort();
        return new Promise(() => {});
      },
    },
    stop: stop.signal,
  });
  expect({ cause, states, log }).toEqual({ cause: undefined, states: { a: "waiting", b: "waiting" }, log: [] });
});

test("a stopped run waits for a create that has been sent", async () => {
  const stop = new AbortController();
  const { states } = await create(groups("a", "b"), {
    fetch: (url, init) => {
      stop.abort();
      return mock.fetch(url, init);
    },
    stop: stop.signal,
  });
  expect(states).toEqual({ a: "created", b: "waiting" });
});

test("at most `concurrency` creates run at once, and all are done", async () => {
  let under = 0;
  let most = 0;
  const { states } = await create(many(40), {
    concurrency: 4,
    async fetch(url, init) {
      most = Math.max(most, ++under);
      const response = await mock.fetch(url, init);
      under--;
      return response;
    },
  });
  expect(most).toBe(4);
  expect(Object.values(states)).toEqual(Array(40).fill("created"));
});

test("a group that waits for its slot is not `sending`", async () => {
  const stop = new AbortController();
  const wait = create(groups("a", "b"), { rate: 1, stop: stop.signal });
  await expect.poll(() => log).toContain("created a");
  stop.abort();
  expect((await wait).states).toEqual({ a: "created", b: "waiting" });
  expect(log).not.toContain("sending b");
});

test("a refusal of one group does not end the run", async () => {
  mock.next("created", "parameterError", "created");
  const { cause, states } = await create(groups("a", "b", "c"));
  expect(states).toEqual({ a: "created", b: "failed", c: "created" });
  expect(cause).toBeUndefined();
  expect(log).toContain("failed b");
});

test.each(["noPermission", "ipNotAllowed", "ipBlocked", "ipBlockedPage", "invalidToken"] as const)(
  "%s would stop every group: the run ends, and the others are not sent",
  async (scenario) => {
    mock.next("created", scenario);
    const { cause, states } = await create(groups("a", "b", "c"));
    expect(states).toEqual({ a: "created", b: "waiting", c: "waiting" });
    expect(cause).toMatchObject({ operation: "addRoleGroup", outcome: "not-executed" });
    expect(log.at(-1)).toBe("failed b");
  },
);

test("an unknown outcome is recorded, and the run continues", async () => {
  mock.next("resetAfterRead", "created");
  expect((await create(groups("a", "b"))).states).toEqual({ a: "unknown", b: "created" });
  expect(log).toContain("unknown a");
});

test("unknown outcomes one after another end the run", async () => {
  mock.always("resetAfterRead");
  const { cause, states } = await create(many(20));
  expect(Object.values(states).filter((state) => state === "unknown")).toHaveLength(MAX_UNKNOWN_IN_TURN);
  expect(cause).toMatchObject({ outcome: "unknown" });
});

test("a success without a valid id is `created`, with the error", async () => {
  const fetch = async () => Response.json({ errcode: 0, errmsg: "ok" });
  const { results } = await create(groups("a"), { fetch });
  expect(results.get("a")).toMatchObject({ state: "created", error: { outcome: "executed" } });
  expect(log).toEqual(["sending a", "created a"]);
});

test("created groups are not sent again; unknown ones only with --retry-unknown", async () => {
  const recorded = {
    a: { state: "created", groupId: 7 },
    b: { state: "unknown", message: "timeout" },
    c: { state: "failed", message: "refused" },
  } as const;
  const { results, states } = await create(groups("a", "b", "c"), { journal: journal(recorded) });
  expect(states).toEqual({ a: "created", b: "unknown", c: "created" });
  expect(results.get("a")).toMatchObject({ groupId: 7, isEarlier: true });
  expect(log.filter((line) => line.startsWith("sent"))).toEqual(["sent c"]);
  const again = await create(groups("a", "b"), { journal: journal(recorded), retryUnknown: true });
  expect(again.states).toEqual({ a: "created", b: "created" });
  expect(log.filter((line) => line.startsWith("sent"))).toEqual(["sent c", "sent b"]);
});

test("a group that another run is sending is not sent again, even with --retry-unknown", async () => {
  const recorded = { a: { state: "unknown", message: "", isUnderWay: true } } as const;
  const { states } = await create(groups("a", "b"), { journal: journal(recorded), retryUnknown: true });
  expect(states).toEqual({ a: "unknown", b: "created" });
});

test("an unknown group that the run ends before resending stays unknown", async () => {
  mock.next("created", "noPermission");
  const unknown = { state: "unknown", message: "timeout" } as const;
  const recorded = { a: unknown, b: unknown, c: unknown, d: { state: "failed", message: "refused" } } as const;
  const run = { journal: journal(recorded), retryUnknown: true };
  const { results, states } = await create(groups("a", "b", "c", "d", "e"), run);
  expect(states).toEqual({ a: "created", b: "waiting", c: "unknown", d: "waiting", e: "waiting" });
  expect(results.get("c")).toMatchObject({ isEarlier: true, error: { message: "timeout" } });
  expect(log.filter((line) => line.endsWith(" c"))).toEqual([]);
});

test("a create is not resent if another run has begun since its first attempt", async () => {
  mock.next("invalidToken", "created");
  let calls = 0;
  const options = { accessToken: () => `token${calls++}`, baseUrl: "http://127.0.0.1", fetch: fetchInLog };
  let sendings = 0;
  const append = async (entry: Entry) => {
    if ("sending" in entry && ++sendings > 1) throw new JournalError("another run has taken over the journal");
  };
  const { cause, states } = await create(groups("a"), { options, journal: journal({}, append) });
  expect(states).toEqual({ a: "waiting" });
  expect(cause).toBeInstanceOf(JournalError);
  expect(log).toEqual(["sending a", "sent a", "failed a"]);
});

const fullAt = (count: number) => {
  let left = count;
  return async () => {
    if (left-- <= 0) throw new JournalError("ENOSPC");
  };
};

test("a group that cannot be recorded is not sent", async () => {
  const { cause, states } = await create(groups("a", "b"), { journal: journal({}, fullAt(0)) });
  expect(states).toEqual({ a: "waiting", b: "waiting" });
  expect(cause).toBeInstanceOf(JournalError);
  expect(log).toEqual([]);
});

test("a created group that could not be recorded is reported", async () => {
  const { cause, results, states } = await create(groups("a", "b"), { journal: journal({}, fullAt(1)) });
  expect(states).toEqual({ a: "created", b: "waiting" });
  expect(results.get("a")).toMatchObject({ groupId: 1560985325, isUnrecorded: true });
  expect(cause).toBeInstanceOf(JournalError);
});
