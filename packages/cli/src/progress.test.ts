import { expect, test } from "vitest";
import { tellProgress } from "./progress.ts";

const fresh = { total: 150, left: 150, rate: 20 } as const;

test.each([
  ["without a result, no time is estimated", fresh, 0, 0, "0 of 150, 0.0/s"],
  ["the first burst is fast, the others follow the rate", fresh, 15, 77, "15 of 150, 20.0/s, 7 s left"],
  ["a slow server makes the run slower than the rate", fresh, 75, 15_000, "75 of 150, 5.0/s, 15 s left"],
  ["without a rate, the speed so far counts", { ...fresh, rate: false }, 100, 1000, "100 of 150, 100.0/s, 1 s left"],
  [
    "the results of earlier runs are counted",
    { total: 200, left: 140, rate: 20 },
    20,
    1000,
    "80 of 200, 20.0/s, 6 s left",
  ],
  ["everything is done", { total: 200, left: 140, rate: 20 }, 140, 7000, "200 of 200, 20.0/s, 0 s left"],
  ["nothing was left to do", { total: 200, left: 0, rate: 20 }, 0, 0, "200 of 200, 0.0/s"],
] as const)("%s", (_, plan, done, elapsed, words) => {
  expect(tellProgress(plan, done, elapsed)).toBe(words);
});
