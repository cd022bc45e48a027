import { join } from "node:path";
import { expect, test } from "vitest";
import { type Create, countResults, outcomeOf, planCreates } from "./creates.ts";
import { runCreates } from "./run-creates.ts";

test("a resend and a restart after a kill create a group again, and a refusal creates none", async () => {
  const creates: Create[] = [
    { name: "sent again", scenario: "addRoleGroup:commit:busy" },
    { name: "refused", scenario: "addRoleGroup:rateLimited" },
    { name: "killed", scenario: "addRoleGroup:commit:stall", isKilled: true },
  ];
  const file = join(import.meta.dirname, "kinds/creates/fetch.js");
  const counts = await runCreates({ file, creates, options: { timeout: 30_000 }, lanes: 1 });
  expect(counts).toEqual({ doubled: 2, missing: 0, unknown: 0, failed: 1, calls: 5 });
});

test("a success without a group is missing, and an unknown outcome counts even if the group exists", () => {
  const outcomes = new Map([
    ["once", "created"] as const,
    ["lost", "created"] as const,
    ["timeout", "unknown"] as const,
  ]);
  expect(countResults(outcomes, ["默认", "once", "timeout"])).toEqual({
    doubled: 0,
    missing: 1,
    unknown: 1,
    failed: 0,
  });
  expect(() => countResults(new Map([["refused", "failed"]]), ["refused"])).toThrow("refused must not exist");
});

test("only an outcome, or an errcode that is not busy, proves a failure", () => {
  expect(outcomeOf({ outcome: "unknown", errcode: 90018 })).toBe("unknown");
  expect(outcomeOf({ outcome: "not-executed" })).toBe("failed");
  expect([90018, 42001, -1, undefined].map((errcode) => outcomeOf(errcode === undefined ? {} : { errcode }))).toEqual([
    "failed",
    "failed",
    "unknown",
    "unknown",
  ]);
});

test("a seed gives the same creates again, and another seed gives the same faults to other creates", () => {
  const [first, again, other] = [planCreates(1000, 1), planCreates(1000, 1), planCreates(1000, 2)];
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  const faultsOf = (creates: Create[]) =>
    creates.map(({ scenario = "", isKilled }) => `${scenario} ${isKilled}`).toSorted();
  expect(faultsOf(other)).toEqual(faultsOf(first));
  expect(new Set(first.map(({ name }) => name)).size).toBe(1000);
});
