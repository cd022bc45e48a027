import { expect, onTestFinished, test, vi } from "vitest";
import { canary, created, observedClient } from "./observed-client.test-helper.ts";

test("withResponse also returns the status, the headers and the request id of the answer", async () => {
  const answer = Response.json(created, { headers: { "x-trace": "7" } });
  const { client } = observedClient([answer, { ...created, request_id: `r1 ${canary}` }]);
  const { result, status, headers, ...others } = await client.addRoleGroup({ name: "a" }, { withResponse: true });
  expect(result).toEqual({ groupId: 1560985325 });
  expect(status).toBe(200);
  expect(headers.get("x-trace")).toBe("7");
  expect(others).toEqual({});
  expect(await client.addRoleGroup({ name: "a" }, { withResponse: true })).toEqual({
    result: { groupId: 1560985325 },
    status: 200,
    headers: expect.any(Headers),
    requestId: "r1 ***",
  });
});

test.each([
  ["a timeout of 0", { timeout: 0 }, "timeout must be milliseconds above 0"],
  ["a deadline that is too long for a timer", { deadline: 2 ** 31 }, "deadline must be milliseconds above 0"],
  ["a signal of another type", { signal: {} }, "signal must be an AbortSignal"],
  ["a signal without abort events", { signal: { aborted: false } }, "signal must be an AbortSignal"],
  ["an event target for a signal", { signal: new EventTarget() }, "signal must be an AbortSignal"],
  ["null for a signal", { signal: null }, "signal must be an AbortSignal"],
  ["an unknown option", { retries: 1 }, "unknown option retries: expected signal, timeout, deadline"],
])("%s is an InputError that names the call's option", async (_, options, message) => {
  const { client, requests } = observedClient();
  await expect(client.addRoleGroup({ name: "a" }, options as never)).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringContaining(`addRoleGroup: ${message}`),
  });
  expect(requests).toEqual([]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("hook");
    },
  ],
  ["fails later", () => Promise.reject(new Error("hook"))],
])("a hook that %s does not break the call or the process", async (_, onEvent) => {
  const unheard: unknown[] = [];
  const listener = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", listener);
  const { client } = observedClient([created], { onEvent });
  expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
  await new Promise(setImmediate);
  process.off("unhandledRejection", listener);
  expect(unheard).toEqual([]);
});

test("each attempt and each retry is an event", async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  onTestFinished(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
  const { client, events } = observedClient([{ errcode: 90018, errmsg: "x" }, created]);
  const call = client.addRoleGroup({ name: "a" });
  await vi.runAllTimersAsync();
  expect(await call).toEqual({ groupId: 1560985325 });
  expect(events).toMatchObject([
    { type: "attempt", operation: "addRoleGroup", attempt: 1, error: { errcode: 90018 } },
    { type: "retry", operation: "addRoleGroup", attempt: 1, wait: 1500, error: { errcode: 90018 } },
    { type: "attempt", operation: "addRoleGroup", attempt: 2 },
  ]);
  expect(events[2]).toMatchObject({ error: undefined });
});
