import { describe, expect, test } from "vitest";
import { checkNames, readGroups } from "./read-groups.ts";

const faultOf = (...names: string[]): string => {
  try {
    readGroups(Buffer.from(["name", ...names].join("\n")), "groups.csv");
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

describe("a character that nobody types is refused", () => {
  test.each([
    ["\t", "U+0009, a control character"],
    ["\u007f", "U+007F, a control character"],
    ["\u00ad", "U+00AD, an invisible character"],
    ["\u200b", "U+200B, an invisible character"],
    ["\u2060", "U+2060, an invisible character"],
    ["\u{e0041}", "U+E0041, an invisible character"],
    ["\u200f", "U+200F, an invisible character that sets the writing direction"],
    ["\u202e", "U+202E, an invisible character that sets the writing direction"],
    ["\u2066", "U+2066, an invisible character that sets the writing direction"],
    ["\u00a0", "U+00A0, an unusual space"],
    ["\u3000", "U+3000, an unusual space"],
    ["\u202f", "U+202F, an unusual space"],
    ["\u2028", "U+2028, a line or paragraph separator"],
    ["\ue000", "U+E000, a private-use character, which other systems cannot show"],
    ["\u{10fffd}", "U+10FFFD, a private-use character, which other systems cannot show"],
    ["\u0378", `U+0378, unassigned in Unicode ${process.versions.unicode}`],
    ["\ufdd0", "U+FDD0, a code point that is not a character"],
    ["\u{1fffe}", "U+1FFFE, a code point that is not a character"],
    ["\ufffd", "U+FFFD, a replacement character: a conversion has damaged the name"],
    ["\ufffc", "U+FFFC, an invisible character"],
    ["\u115f", "U+115F, an invisible character"],
    ["\u3164", "U+3164, an invisible character"],
    ["\uffa0", "U+FFA0, an invisible character"],
    ["\u17b4", "U+17B4, an invisible character"],
    ["\u2800", "U+2800, an invisible character"],
    ["\u034f", "U+034F, an invisible character"],
    ["\ufe0f", "U+FE0F, an invisible character"],
    ["\u{e0100}", "U+E0100, an invisible character"],
    ["\u200d", "U+200D, an invisible character"],
    ["\u200c", "U+200C, an invisible character"],
    ["\u2f63", "U+2F63, a radical, which looks like a character"],
    ["\u2ea0", "U+2EA0, a radical, which looks like a character"],
  ])("%j", (character, kind) => {
    expect(faultOf("ok", `生${character}产`)).toMatch(
      /^groups\.csv: nothing was sent\. Fix these faults first:\n {2}line 3: name "/,
    );
    expect(faultOf("ok", `生${character}产`)).toContain(
      `contains ${kind}\n  To create them unchanged, add --allow-unusual-names`,
    );
    expect(readGroups(Buffer.from(`name\n生${character}产\n`), "groups.csv", { allowUnusualNames: true })).toHaveLength(
      1,
    );
  });

  test.each(["\u00a0", "\ue000", "\u3164"])("%j is visible in the message", (character) => {
    const code = character.charCodeAt(0).toString(16);
    expect(faultOf(`a${character}b`)).toContain(`line 2: name "a\\u{${code}}b" contains U+`);
  });

  test.each(["?", "???", "?? ??"])("%j, which a conversion has left of a name", (name) => {
    expect(faultOf(name)).toContain("consists of question marks: a conversion has damaged it");
  });
});

test.each([
  ["an emoji of several characters", "👨‍👩‍👧"],
  ["an emoji with a skin color", "👩🏽‍💻"],
  ["an emoji with a style", "❤️‍🔥 ☎︎"],
  ["a keycap", "1️⃣"],
  ["flags", "🇨🇳🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
  ["a Persian joiner", "می‌خواهم"],
  ["Indic joiners", "क्‍ष ශ්‍රී অ‌ক"],
  ["a joiner that ends a word", "അവന്‍ ಡಾಲರ್‌"],
  ["a place to break a line in Khmer", "កោះ​អាសេនសិន"],
  ["Mongolian", "ᠠ᠎ᠠ ᠮᠣᠩᠭᠣᠯ ᠤᠨ"],
  ["full-width forms, and punctuation", "市场部（一）？"],
  ["a question", "Why? 为什么?"],
  ["letters with marks", "e\u0301 กำ הָ"],
])("%s is allowed", (_, name) => {
  expect(faultOf(name)).toBe("");
});

test("invisible characters are allowed only where they belong", () => {
  for (const name of ["1\u200d2", "👧\u200d", "👧\ufe0f\ufe0f", "می\u200c", "🏴\u{e0067}", "a\u200cb"])
    expect(faultOf(name)).toContain("an invisible character");
});

describe("names that look the same", () => {
  test.each([
    ["a radical", "生产部", "⽣产部"],
    ["full-width letters", "IT部", "ＩＴ部"],
    ["brackets", "市场(一)", "市场（一）"],
    ["a ligature", "Office", "Oﬃce"],
    ["several spaces", "HR team", "HR  team"],
    ["another space", "HR team", "HR\u00a0team"],
    ["an emoji with a style", "❤ love", "❤️ love"],
    ["a place to break a line", "កោះអាសេន", "កោះ​អាសេន"],
  ])("%s: the message names both lines, and --allow-unusual-names allows them", (_, first, second) => {
    expect(faultOf(first, "x", second)).toContain(`line 4: name "${second}" looks the same as "${first}" in line 2\n`);
    expect(() => checkNames([first, second])).toThrow(`name "${second}" looks the same as "${first}"\n`);
    expect(checkNames([first, second], { allowUnusualNames: true })).toHaveLength(2);
  });

  test("a duplicate name is refused even then", () => {
    expect(() => checkNames(["é", "e\u0301"], { allowUnusualNames: true })).toThrow(/is a duplicate$/);
  });

  test.each(["Sales|sales", "组1|组2", "组一|组二", "A B|AB"])("%s do not look the same", (names) => {
    expect(faultOf(...names.split("|"))).toBe("");
  });
});
