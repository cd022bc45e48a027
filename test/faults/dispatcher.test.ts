import { createClient } from "@dingrole/client/node";
import { type MockServer, startMock } from "@dingrole/mock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { errorOf, globalDispatcher, makeCall, observeClient, transports } from "./observed-call.ts";

let mock: MockServer;
beforeEach(async () => {
  // A new origin has no connections to reuse.
  mock = await startMock();
});
afterEach(() => mock.close());

interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

function nodeDispatcher(): Dispatcher {
  // Node creates its dispatcher when it loads its `fetch`.
  new Headers();
  return (globalThis as unknown as Record<symbol, Dispatcher>)[globalDispatcher] as Dispatcher;
}

/** Node's own dispatcher, with a count of its uses. */
function countingDispatcher() {
  const inner = nodeDispatcher();
  const counted = {
    count: 0,
    dispatch(options: object, handler: object) {
      counted.count++;
      return inner.dispatch(options, handler);
    },
  };
  return counted;
}

/** Sets the dispatcher as undici's `setGlobalDispatcher` does. */
function setGlobalDispatcher(value: Dispatcher) {
  Object.defineProperty(globalThis, globalDispatcher, {
    value,
    writable: true,
    enumerable: false,
    configurable: false,
  });
}

describe.each(transports)("%s", (_, createClient) => {
  test.each([
    ["the body", "slowBody"],
    ["the answer", "stall"],
  ] as const)("a call that is aborted while it waits for %s releases the socket", async (_, fault) => {
    mock.always(fault);
    const { client } = observeClient(createClient, { accessToken: "t", baseUrl: mock.url, timeout: 3000 });
    const controller = new AbortController();
    const settled = errorOf(makeCall(client, "addRoleGroup", { signal: controller.signal }));
    await expect.poll(() => mock.requests.length).toBe(1);
    expect(mock.connections.open).toBe(1);
    controller.abort(new Error("enough"));
    expect(await settled).toMatchObject({ name: "AbortError", outcome: "unknown" });
    await expect.poll(() => mock.connections.open, { timeout: 1000 }).toBe(0);
    expect(mock.requests).toHaveLength(1);
  });

  test("a global dispatcher that is set later is used", async () => {
    const { client } = observeClient(createClient, { accessToken: "t", baseUrl: mock.url });
    await makeCall(client, "addRoleGroup");
    const own = nodeDispatcher();
    const counted = countingDispatcher();
    setGlobalDispatcher(counted);
    try {
      await makeCall(client, "addRoleGroup");
    } finally {
      setGlobalDispatcher(own);
    }
    expect(counted.count).toBe(1);
    await makeCall(client, "addRoleGroup");
    expect(counted.count).toBe(1);
    expect(mock.requests).toHaveLength(3);
  });
});

test("a dispatcher of the caller sends the request, and the global one is not used", async () => {
  const dispatcher = countingDispatcher();
  const own = nodeDispatcher();
  const global = countingDispatcher();
  setGlobalDispatcher(global);
  try {
    const client = createClient({ accessToken: "t", baseUrl: mock.url, dispatcher });
    expect(await makeCall(client, "addRoleGroup")).toMatchObject({ groupId: 1560985325 });
  } finally {
    setGlobalDispatcher(own);
  }
  expect(dispatcher.count).toBe(1);
  expect(global.count).toBe(0);
});

test("a dispatcher that throws is a NetworkError without the request", async () => {
  const dispatcher = {
    dispatch(options: object): boolean {
      throw Object.assign(new Error(JSON.stringify(options)), { options });
    },
  };
  const client = createClient({ accessToken: "canary", baseUrl: mock.url, dispatcher, retries: 0 });
  const error = await errorOf(makeCall(client, "addRoleGroup"));
  expect(error).toMatchObject({ name: "NetworkError", outcome: "not-executed" });
  expect(error).not.toHaveProperty("cause");
  expect(String(error?.stack)).not.toContain("canary");
});

interface Handler {
  onRequestStart(controller: object): void;
  onConnect(abort: () => void): void;
  onResponseStart(controller: object, status: number, headers: object): void;
  onResponseError(controller: object, error: Error): void;
}

describe("the outcome follows from the phase, not from the error", () => {
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" });
  const reset = Object.assign(new Error("read"), { code: "ECONNRESET", syscall: "read" });

  test.each<[string, (handler: Handler) => void, Error, outcome: string]>([
    ["before the request starts", () => {}, reset, "not-executed"],
    ["after it has started", (handler) => handler.onRequestStart({ abort() {} }), refused, "unknown"],
    ["after it has started, with the hook of undici 6", (handler) => handler.onConnect(() => {}), refused, "unknown"],
    [
      "after an answer has begun, although no start was reported",
      (h) => h.onResponseStart({}, 200, {}),
      refused,
      "unknown",
    ],
  ])("%s", async (_, begin, error, outcome) => {
    const dispatcher = {
      dispatch(_: object, handler: Handler) {
        begin(handler);
        handler.onResponseError({}, error);
        return true;
      },
    };
    const client = createClient({ accessToken: "t", baseUrl: mock.url, dispatcher, retries: 0 });
    expect(await errorOf(makeCall(client, "addRoleGroup"))).toMatchObject({ name: "NetworkError", outcome });
  });
});

/** A dispatcher that makes its connection only when the test says so. */
function idleDispatcher() {
  const waiting: (() => void)[] = [];
  const dispatcher = {
    dispatch(options: object, handler: object) {
      waiting.push(() => nodeDispatcher().dispatch(options, handler));
      return true;
    },
  };
  return { dispatcher, waiting };
}

test.each(["timeout", "deadline", "signal"] as const)(
  "a create that its %s ends before the connection is made is not executed, and never sent",
  async (limit) => {
    const { dispatcher, waiting } = idleDispatcher();
    const client = createClient({ accessToken: "t", baseUrl: mock.url, dispatcher, retries: 0 });
    const options = limit === "signal" ? { signal: AbortSignal.timeout(20) } : { [limit]: 20 };
    expect(await errorOf(makeCall(client, "addRoleGroup", options))).toMatchObject({ outcome: "not-executed" });
    for (const dispatch of waiting) dispatch();
    await makeCall(createClient({ accessToken: "t", baseUrl: mock.url }), "addRoleGroup");
    expect(waiting).toHaveLength(1);
    expect(mock.requests).toHaveLength(1);
  },
);
