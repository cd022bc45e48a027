import { createClient } from "@dingrole/client/node";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FaultServer, startFaultServer } from "./fault-server.ts";
import { errorOf, globalDispatcher, makeCall, observeClient, transports } from "./observed-call.ts";

let server: FaultServer;
beforeEach(async () => {
  // A new origin has no kept connections.
  server = await startFaultServer();
});
afterEach(() => server.close());

interface Dispatcher {
  dispatch(options: object, handler: object): boolean;
}

function nodeDispatcher(): Dispatcher {
  // Node makes its dispatcher when it loads its `fetch`.
  new Headers();
  return (globalThis as unknown as Record<symbol, Dispatcher>)[globalDispatcher] as Dispatcher;
}

/** Node's own dispatcher, and how often it was used. */
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

/** As undici's `setGlobalDispatcher` does. */
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
    ["the body", "slow body"],
    ["the answer", "stall"],
  ] as const)("a call that is aborted while it waits for %s frees the socket", async (_, fault) => {
    server.always(fault);
    const { client } = observeClient(createClient, { accessToken: "t", baseUrl: server.url, timeout: 3000 });
    const controller = new AbortController();
    const settled = errorOf(makeCall(client, "addRoleGroup", { signal: controller.signal }));
    await expect.poll(() => server.requests.length).toBe(1);
    expect(server.isFreed).toBe(false);
    controller.abort(new Error("enough"));
    expect(await settled).toMatchObject({ name: "AbortError", outcome: "unknown" });
    await expect.poll(() => server.isFreed, { timeout: 1000 }).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("a global dispatcher that is set later is used", async () => {
    server.always("ok");
    const { client } = observeClient(createClient, { accessToken: "t", baseUrl: server.url });
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
    expect(server.requests).toHaveLength(3);
  });
});

test("a dispatcher of the caller's is what sends, and the global one is not asked", async () => {
  server.always("ok");
  const dispatcher = countingDispatcher();
  const own = nodeDispatcher();
  const global = countingDispatcher();
  setGlobalDispatcher(global);
  try {
    const client = createClient({ accessToken: "t", baseUrl: server.url, dispatcher });
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
  const client = createClient({ accessToken: "canary", baseUrl: server.url, dispatcher });
  const error = await errorOf(makeCall(client, "addRoleGroup"));
  expect(error).toMatchObject({ name: "NetworkError", outcome: "unknown" });
  expect(error).not.toHaveProperty("cause");
  expect(String(error?.stack)).not.toContain("canary");
});
