import { expect, test } from "vitest";
import { printable } from "./outcome.ts";

test("joiners and flag tags are printed unchanged, and characters that move the cursor are escaped", () => {
  for (const name of [
    "می\u200cخواهم",
    "👨\u200d👩\u200d👧",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
  ])
    expect(printable(name)).toBe(name);
  expect(printable("a\u001b[2J\u202eb\u2028c")).toBe("a\\u{1b}[2J\\u{202e}b\\u{2028}c");
});
