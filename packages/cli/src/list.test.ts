import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toList } from "./list.ts";

const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);

test("without a terminal, all lines are printed", () => {
  expect(toList(lines, false)).toEqual(lines);
});

test("a terminal gets the first lines, and the name of a file with all lines", () => {
  expect(toList(lines.slice(0, 20), true)).toEqual(lines.slice(0, 20));
  const shown = toList(lines, true);
  expect(shown.slice(0, 20)).toEqual(lines.slice(0, 20));
  const [, file] = /^… and 30 more: all are in (.*)$/.exec(shown[20] ?? "") ?? [];
  expect(readFileSync(file ?? "", "utf8")).toBe(`${lines.join("\n")}\n`);
});
