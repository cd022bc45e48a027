import { type FaultName, fingerprint, type MockServer, type Scenario, startMock } from "@dingrole/mock";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { errorOf, limits, makeCall, type OperationName, observeClient, transports } from "./observed-call.ts";

let mock: MockServer;
beforeEach(async () => {
  // A new origin has no connections to reuse.
  mock = await startMock();
});
afterEach(() => mock.close());

beforeEach(() => {
  // Short waits, so that all retries fit before the deadline.
  vi.spyOn(Math, "random").mockReturnValue(0.01);
});
afterEach(() => vi.restoreAllMocks());

/** A generous time for tests that do not test the time: the machine may be busy. */
const PATIENT_MS = 2000;
const MAX_GROWTH_BYTES = 50_000_000;
const SLACK_MS = 500;

/** How many requests the server gets, and the error of the call, if any. */
type Ending = [sent: number, error?: object];

interface Row {
  /** The scenario of all later requests. */
  next?: Scenario;
  create: Ending;
  idempotent: Ending;
}

const ok: Row = { create: [1], idempotent: [1] };
/** A create is not sent again; an idempotent call is, 3 times. */
const unknown = (name: string, fields = {}): Row => {
  const error = { name, outcome: "unknown", ...fields };
  return { create: [1, error], idempotent: [4, error] };
};
const once = (name: string, fields = {}): Row => {
  const error = { name, outcome: "not-executed", ...fields };
  return { create: [1, error], idempotent: [1, error] };
};
const gone = unknown("NetworkError", { code: "UND_ERR_SOCKET" });
const reset = unknown("NetworkError", { code: "ECONNRESET" });
const timedOut = unknown("TimeoutError", { limit: "timeout" });
const notJson = unknown("ResponseError", { message: expect.stringContaining("has no errcode") });
const tooLarge = unknown("ResponseError", { message: expect.stringContaining("is larger than 1048576 bytes") });
/** An idempotent call is retried after a 5xx, but not after any other status. */
const status = (code: number): Row => ({
  ...unknown("HttpError", { status: code }),
  ...(code < 500 && { idempotent: [1, { name: "HttpError", status: code, outcome: "unknown" }] }),
});
const badToken = { name: "ApiError", errcode: 40014, outcome: "not-executed" };

/** Faults that have their own tests. */
type Special = "resetAtOnce" | "duplicate";
type Example = "created" | "ipBlockedPage" | "ipBlocked" | "busy" | "noPermission" | "invalidToken" | "rateLimited";
type Status = `status:${302 | 307 | 500 | 503}`;

const rows: Record<Exclude<FaultName, Special> | Example | Status, Row> = {
  created: ok,
  resetBeforeRead: reset,
  resetAfterRead: reset,
  closeAfterRead: gone,
  stall: timedOut,
  slowBody: timedOut,
  cutBody: gone,
  cutChunkedBody: gone,
  unendedChunkedBody: gone,
  wrongLength: notJson,
  notHttp: unknown("NetworkError"),
  ipBlockedPage: once("BlockedError"),
  ipBlocked: once("BlockedError"),
  gzipBomb: tooLarge,
  cutGzip: notJson,
  falseGzip: unknown("NetworkError"),
  oversizedBody: tooLarge,
  oversizedChunkedBody: tooLarge,
  oversizedAnnouncedBody: tooLarge,
  "status:302": status(302),
  "status:307": status(307),
  "status:500": status(500),
  "status:503": status(503),
  badGateway: status(502),
  emptyBody: notJson,
  badUtf8: notJson,
  busy: unknown("ApiError", { errcode: -1 }),
  // getToken needs no permission, so it succeeds.
  noPermission: { ...once("ApiError", { errcode: 60011 }), idempotent: [1] },
  // getToken sends no token that could be renewed.
  invalidToken: { next: "latency:0", create: [2], idempotent: [1, badToken] },
  rateLimited: { next: "latency:0", create: [2], idempotent: [2] },
  quotedRequest: once("ApiError", { errcode: 40035 }),
  byteOrderMark: ok,
  badUtf8InText: ok,
  gzip: ok,
  brotli: ok,
  identity: ok,
  earlyHints: ok,
};

const rowNames = Object.keys(rows) as (keyof typeof rows)[];
const timeoutFor = (fault: keyof typeof rows) => (rows[fault] === timedOut ? limits.timeout : PATIENT_MS);
const operations: OperationName[] = ["addRoleGroup", "getToken"];
const credentials = { accessToken: () => "token" };

/** Calls `work`. Returns its time, and the largest growth of the process's memory. */
async function measure(work: () => Promise<unknown>) {
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  const start = performance.now();
  await work();
  const duration = performance.now() - start;
  clearInterval(watch);
  return { duration, growth: Math.max(peak, process.memoryUsage.rss()) - before };
}

describe.each(transports)("%s", (name, createClient) => {
  describe.each(rowNames)("%s", (fault) => {
    test.each(operations)("%s", async (operation) => {
      const { next, create, idempotent } = rows[fault];
      const [sent, expected] = operation === "getToken" ? idempotent : create;
      if (next) mock.next(fault);
      mock.always(next ?? fault);
      const { client, events } = observeClient(createClient, { ...credentials, baseUrl: mock.url });
      let error: unknown;
      const { duration, growth } = await measure(async () => {
        error = await errorOf(makeCall(client, operation, { timeout: timeoutFor(fault) }));
      });
      if (expected) expect(error).toMatchObject({ operation, ...expected });
      else expect(error).toBeUndefined();
      expect(fault === "resetBeforeRead" ? mock.connections.made : mock.requests.length).toBe(sent);
      expect(events.filter(({ type }) => type === "attempt")).toHaveLength(sent);
      expect(duration).toBeLessThan(limits.deadline + SLACK_MS);
      expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
      expect(new Set(mock.requests.map(({ operation }) => operation))).toEqual(
        new Set(fault === "resetBeforeRead" ? [] : [operation]),
      );
    });
  });

  test.each(operations)("refused connections are retried, for %s too", async (operation) => {
    await mock.close();
    const { client, events } = observeClient(createClient, { ...credentials, baseUrl: mock.url });
    const error = await errorOf(makeCall(client, operation));
    expect(error).toMatchObject({ name: "NetworkError", code: "ECONNREFUSED", outcome: "not-executed" });
    expect(events.filter(({ type }) => type === "attempt")).toHaveLength(4);
  });

  test("a create on a connection that is reset at once is resent only if the reset came before the request", async () => {
    mock.always("resetAtOnce");
    const { client } = observeClient(createClient, { ...credentials, baseUrl: mock.url });
    const error = await errorOf(makeCall(client, "addRoleGroup"));
    expect(error).toMatchObject({ name: "NetworkError" });
    expect(mock.connections.made <= 1 || error?.outcome === "not-executed").toBe(true);
    expect(mock.requests).toEqual([]);
  });

  // RFC 9110, section 15.5.20: a client may retry a request after a 421, with any method.
  test("fetch itself resends once after a 421", async () => {
    mock.always("status:421");
    const { client, events } = observeClient(createClient, { ...credentials, baseUrl: mock.url });
    const error = await errorOf(makeCall(client, "addRoleGroup"));
    expect(error).toMatchObject({ name: "HttpError", status: 421, outcome: "unknown" });
    expect(mock.requests).toHaveLength(name === "fetch" ? 2 : 1);
    expect(events.filter(({ type }) => type === "attempt")).toHaveLength(1);
  });

  test("a create is sent completely: the form in the body, the token in the query", async () => {
    const { client } = observeClient(createClient, { accessToken: "a+b/c d&e=", baseUrl: mock.url });
    await makeCall(client, "addRoleGroup");
    expect(mock.requests).toMatchObject([
      { method: "POST", path: "/role/add_role_group", token: fingerprint("a+b/c d&e="), form: { name: "制造部" } },
    ]);
  });

  test("a create on a reused connection that is reset is sent once", async () => {
    mock.next("created", "resetAfterRead");
    const { client } = observeClient(createClient, { ...credentials, baseUrl: mock.url });
    await makeCall(client, "addRoleGroup");
    const error = await errorOf(makeCall(client, "addRoleGroup"));
    expect(error).toMatchObject({ name: "NetworkError", outcome: "unknown" });
    expect(mock.requests).toHaveLength(2);
  });

  test("after a block nothing is sent", async () => {
    mock.next("ipBlockedPage");
    const { client } = observeClient(createClient, { ...credentials, baseUrl: mock.url });
    for (const operation of operations)
      expect(await errorOf(makeCall(client, operation))).toMatchObject({ name: "BlockedError" });
    expect(mock.requests).toHaveLength(1);
  });

  test.each(["stall", "slowBody", "oversizedBody", "oversizedChunkedBody", "oversizedAnnouncedBody"] as const)(
    "%s: the socket is released when the call has ended",
    async (fault) => {
      mock.always(fault);
      const { client } = observeClient(createClient, { ...credentials, baseUrl: mock.url });
      await errorOf(makeCall(client, "addRoleGroup"));
      expect(mock.requests).toHaveLength(1);
      await expect.poll(() => mock.connections.open, { timeout: 1000 }).toBe(0);
    },
  );
});

describe("both transports give the same result", () => {
  test.each(rowNames)("%s", async (fault) => {
    const texts: string[] = [];
    for (const [, createClient] of transports) {
      mock.always(fault);
      const { client } = observeClient(createClient, { ...credentials, baseUrl: mock.url, retries: 0 });
      const error = await errorOf(makeCall(client, "addRoleGroup", { timeout: timeoutFor(fault) }));
      const time = /\d{4}-\d\d-\d\dT[\d:.]+Z/;
      texts.push(JSON.stringify({ ...error, message: error?.message.replace(time, "later"), until: undefined }));
    }
    expect(texts[1]).toBe(texts[0]);
  });
});
