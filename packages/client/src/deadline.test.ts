import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Answer, created, never, observedClient } from "./observed-client.test-helper.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.restoreAllMocks(); // First, because the original of a spy on a timer is a fake timer.
  vi.useRealTimers();
});

test("the deadline ends an attempt, too", async () => {
  const { client } = observedClient([never], { timeout: false, deadline: 700 });
  const error = client.addRoleGroup({ name: "a" }).catch((error) => error);
  await vi.runAllTimersAsync();
  const message = "addRoleGroup: the deadline of 700 ms has passed";
  expect(await error).toMatchObject({ name: "TimeoutError", limit: "deadline", outcome: "unknown", message });
});

test("a timer that fires again after the call has ended, as in node:test, sets no other timer", async () => {
  const timers = vi.spyOn(globalThis, "setTimeout");
  const { client } = observedClient([never], { timeout: 100, retries: 0 });
  const ended = expect(client.addRoleGroup({ name: "a" })).rejects.toThrow("the timeout of 100 ms has passed");
  const [fire] = timers.mock.lastCall as [() => void];
  await vi.runAllTimersAsync();
  await ended;
  fire();
  expect(vi.getTimerCount()).toBe(0);
});

test("timeout: false and deadline: false let a call run without limit", async () => {
  const slow = () => new Promise((resolve) => setTimeout(resolve, 10_000_000, created));
  const { client } = observedClient([slow], { timeout: false, deadline: false });
  const call = client.addRoleGroup({ name: "a" });
  await vi.runAllTimersAsync();
  expect(await call).toEqual({ groupId: 1560985325 });
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

  test("ends a request that has been sent: its outcome is unknown", async () => {
    const { error, requests } = await abort(100, [never]);
    expect(error).toMatchObject({ name: "AbortError", outcome: "unknown", cause: new Error("enough") });
    expect(requests[0]?.init.signal?.aborted).toBe(true);
  });

  test("ends the wait for a retry", async () => {
    const { error, requests } = await abort(100, [{ errcode: 90018, errmsg: "x" }]);
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

  test("that is already aborted ends the call before anything is sent", async () => {
    const { client, requests } = observedClient();
    const call = client.addRoleGroup({ name: "a" }, { signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: "AbortError", outcome: "not-executed" });
    expect(requests).toHaveLength(0);
  });
});
