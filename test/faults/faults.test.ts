import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type FaultName, type FaultServer, startFaultServer } from "./fault-server.ts";
import { errorOf, limits, makeCall, type OperationName, observeClient, transports } from "./observed-call.ts";

let server: FaultServer;
beforeEach(async () => {
  // A new origin has no kept connections.
  server = await startFaultServer();
});
afterEach(() => server.close());

beforeEach(() => {
  // Nearly no jitter: all the retries have their time before the deadline.
  vi.spyOn(Math, "random").mockReturnValue(0.01);
});
afterEach(() => vi.restoreAllMocks());

/** Where the time is not what is tested, a busy machine has enough of it. */
const PATIENT_MS = 2000;
const MAX_GROWTH_BYTES = 50_000_000;
const SLACK_MS = 500;

/** How many requests the server gets, and the error that the call ends with, if any. */
type Ending = [sent: number, error?: object];

interface Row {
  /** What comes after it, again and again. */
  next?: FaultName;
  create: Ending;
  read: Ending;
}

const ok: Row = { create: [1], read: [1] };
/** A create is not sent again; a read is, 3 times. */
const unknown = (name: string, fields = {}): Row => {
  const error = { name, outcome: "unknown", ...fields };
  return { create: [1, error], read: [4, error] };
};
const once = (name: string, fields = {}): Row => {
  const error = { name, outcome: "not-executed", ...fields };
  return { create: [1, error], read: [1, error] };
};
const gone = unknown("NetworkError", { code: "UND_ERR_SOCKET" });
const reset = unknown("NetworkError", { code: "ECONNRESET" });
const timedOut = unknown("TimeoutError", { limit: "timeout" });
const notJson = unknown("ResponseError", { message: expect.stringContaining("has no errcode") });
const tooLarge = unknown("ResponseError", { message: expect.stringContaining("is larger than 1048576 bytes") });
/** A 5xx is no answer to a read; any other status is one. */
const status = (code: number): Row => ({
  ...unknown("HttpError", { status: code }),
  ...(code < 500 && { read: [1, { name: "HttpError", status: code, outcome: "unknown" }] }),
});
const badToken = { name: "ApiError", errcode: 40014, outcome: "not-executed" };

/** What has a test of its own. */
type Special = "reset at once" | "421";

const rows: Record<Exclude<FaultName, Special>, Row> = {
  ok,
  "reset before it is read": reset,
  "reset after it was read": reset,
  "closed after it was read": gone,
  stall: timedOut,
  "slow body": timedOut,
  "cut body": gone,
  "cut chunked body": gone,
  "chunked body without its end": gone,
  "wrong length": notJson,
  "not HTTP": unknown("NetworkError"),
  "html block page": once("BlockedError"),
  status1111: once("BlockedError"),
  "gzip bomb": tooLarge,
  "cut gzip": notJson,
  "no gzip, under its header": unknown("NetworkError"),
  "200 MB": tooLarge,
  "200 MB, chunked": tooLarge,
  "200 MB, announced": tooLarge,
  "302": status(302),
  "307": status(307),
  "500": status(500),
  "502": status(502),
  "503": status(503),
  "empty body": notJson,
  "bad UTF-8, and so no JSON": notJson,
  "errcode -1": unknown("ApiError", { errcode: -1 }),
  "errcode 60011": once("ApiError", { errcode: 60011 }),
  // getToken sends no token that could be renewed.
  "errcode 40014": { next: "ok", create: [2], read: [1, badToken] },
  "errcode 90018": { next: "ok", create: [2], read: [2] },
  "errmsg that quotes the request": once("ApiError", { errcode: 60011 }),
  BOM: ok,
  "bad UTF-8 in errmsg": ok,
  gzip: ok,
  brotli: ok,
  "identity, named": ok,
  "early hints": ok,
};

const rowNames = Object.keys(rows) as (keyof typeof rows)[];
const timeoutFor = (fault: keyof typeof rows) => (rows[fault] === timedOut ? limits.timeout : PATIENT_MS);
const operations: OperationName[] = ["addRoleGroup", "getToken"];
const credentials = { accessToken: () => "token" };

/** Calls `work`; returns how long it took, and by how much the process grew at most. */
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
      const { next, create, read } = rows[fault];
      const [sent, expected] = operation === "getToken" ? read : create;
      server.script(next ? [fault, next] : [fault]);
      const { client, events } = observeClient(createClient, { ...credentials, baseUrl: server.url });
      let error: unknown;
      const { duration, growth } = await measure(async () => {
        error = await errorOf(makeCall(client, operation, { timeout: timeoutFor(fault) }));
      });
      if (expected) expect(error).toMatchObject({ operation, ...expected });
      else expect(error).toBeUndefined();
      expect(server.begun).toBe(sent);
      expect(events.filter(({ type }) => type === "attempt")).toHaveLength(sent);
      expect(duration).toBeLessThan(limits.deadline + SLACK_MS);
      expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
      expect(server.redirected).toBe(0);
    });
  });

  test.each(operations)("refused connections are tried again, for %s too", async (operation) => {
    const { client, events } = observeClient(createClient, { ...credentials, baseUrl: server.refusedUrl });
    const error = await errorOf(makeCall(client, operation));
    expect(error).toMatchObject({ name: "NetworkError", code: "ECONNREFUSED", outcome: "not-executed" });
    expect(events.filter(({ type }) => type === "attempt")).toHaveLength(4);
  });

  test("a create whose connection is reset at once is sent again only if the reset came before it was sent", async () => {
    server.always("reset at once");
    const { client } = observeClient(createClient, { ...credentials, baseUrl: server.url });
    const error = await errorOf(makeCall(client, "addRoleGroup"));
    expect(error).toMatchObject({ name: "NetworkError" });
    expect(server.begun <= 1 || error?.outcome === "not-executed").toBe(true);
    expect(server.requests).toEqual([]);
  });

  // RFC 9110, 15.5.20: what a 421 answers may be sent again by any method, for it was not carried out.
  test("a 421 is sent again by fetch itself, once", async () => {
    server.always("421");
    const { client, events } = observeClient(createClient, { ...credentials, baseUrl: server.url });
    const error = await errorOf(makeCall(client, "addRoleGroup"));
    expect(error).toMatchObject({ name: "HttpError", status: 421, outcome: "unknown" });
    expect(server.requests).toHaveLength(name === "fetch" ? 2 : 1);
    expect(events.filter(({ type }) => type === "attempt")).toHaveLength(1);
  });

  test("a create goes out whole: its form in the body, the token in the query", async () => {
    server.always("ok");
    const { client } = observeClient(createClient, { accessToken: "a+b/c d&e=", baseUrl: server.url });
    await makeCall(client, "addRoleGroup");
    expect(server.requests).toEqual([
      {
        line: "POST /role/add_role_group?access_token=a%2Bb%2Fc%20d%26e%3D",
        body: "name=%E5%88%B6%E9%80%A0%E9%83%A8",
      },
    ]);
  });

  test("a create on a kept connection that is reset is sent once", async () => {
    server.script(["ok", "reset after it was read", "ok"]);
    const { client } = observeClient(createClient, { ...credentials, baseUrl: server.url });
    await makeCall(client, "addRoleGroup");
    const error = await errorOf(makeCall(client, "addRoleGroup"));
    expect(error).toMatchObject({ name: "NetworkError", outcome: "unknown" });
    expect(server.requests).toHaveLength(2);
  });

  test("after a block nothing is sent", async () => {
    server.script(["html block page", "ok"]);
    const { client } = observeClient(createClient, { ...credentials, baseUrl: server.url });
    for (const operation of operations)
      expect(await errorOf(makeCall(client, operation))).toMatchObject({ name: "BlockedError" });
    expect(server.requests).toHaveLength(1);
  });

  test.each(["stall", "slow body", "200 MB", "200 MB, chunked", "200 MB, announced"] as const)(
    "%s: the socket is freed when the call has ended",
    async (fault) => {
      server.always(fault);
      const { client } = observeClient(createClient, { ...credentials, baseUrl: server.url });
      await errorOf(makeCall(client, "addRoleGroup"));
      expect(server.requests).toHaveLength(1);
      await expect.poll(() => server.isFreed, { timeout: 1000 }).toBe(true);
    },
  );
});

describe("both transports say the same", () => {
  test.each(rowNames)("%s", async (fault) => {
    const texts: string[] = [];
    for (const [, createClient] of transports) {
      server.always(fault);
      const { client } = observeClient(createClient, { ...credentials, baseUrl: server.url, retries: 0 });
      const error = await errorOf(makeCall(client, "addRoleGroup", { timeout: timeoutFor(fault) }));
      const time = /\d{4}-\d\d-\d\dT[\d:.]+Z/;
      texts.push(JSON.stringify({ ...error, message: error?.message.replace(time, "later"), until: undefined }));
    }
    expect(texts[1]).toBe(texts[0]);
  });
});
