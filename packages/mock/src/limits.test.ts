import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { gateway } from "./generated/api.ts";
import { createLimits } from "./limits.ts";

beforeEach(() => vi.useFakeTimers({ now: Date.now() }));
afterEach(() => vi.useRealTimers());

const { app, ip } = gateway.limits;

test("an operation has its limit in any period of a second, and refused calls do not count", () => {
  const limits = createLimits();
  const go = () => limits.refuse("addRoleGroup");
  for (let count = 0; count < app.calls; count++) expect(go()).toBeUndefined();
  vi.advanceTimersByTime(app.seconds * 1000 - 1);
  for (let count = 0; count < 5; count++) expect(go()).toBe("rateLimited");
  expect(limits.refuse("getToken"), "another operation has its own limit").toBeUndefined();
  vi.advanceTimersByTime(1);
  for (let count = 0; count < app.calls; count++) expect(go()).toBeUndefined();
  expect(go()).toBe("rateLimited");
});

test("an IP that calls too often is blocked from every operation for 5 minutes", () => {
  const limits = createLimits();
  for (let count = 0; count < ip.calls; count++) expect(limits.refuse(undefined)).toBeUndefined();
  expect(limits.refuse(undefined)).toBe("ipBlocked");
  vi.advanceTimersByTime(ip.blockSeconds * 1000 - 1);
  expect(limits.refuse("getToken")).toBe("ipBlocked");
  vi.advanceTimersByTime(1);
  expect(limits.refuse("getToken")).toBeUndefined();
});

test("calls that are spread over time never exceed the limit", () => {
  const limits = createLimits();
  for (let count = 0; count < 2 * ip.calls; count++) {
    if (count % (ip.calls / 2) === 0) vi.advanceTimersByTime(ip.seconds * 500);
    expect(limits.refuse(undefined)).toBeUndefined();
  }
});
