import { expect, test } from "vitest";
import type { Claim, Schema } from "./description.ts";
import { toDocComment } from "./doc-comment.ts";
import { toClaims, toGrades, toSubject } from "./evidence.ts";

const documented: Claim = { grade: "documented", source: "page" };
const inferred = (of: string | number): Claim => ({ grade: "inferred", source: "page", of });

test.each<[Claim[], string]>([
  [[], ""],
  [[documented], "documented"],
  [[documented, inferred("format"), inferred("x-effect")], "documented; inferred: format, effect"],
  [[inferred(15), documented], "inferred; documented: all else"],
])("%j in one line", (claims, line) => {
  expect(toGrades(claims)).toBe(line);
});

test("a node has no claims, one or several", () => {
  expect(toClaims({})).toEqual([]);
  expect(toClaims({ "x-evidence": documented })).toEqual([documented]);
  expect(toClaims({ "x-evidence": [documented, documented] })).toEqual([documented, documented]);
  expect(toSubject(inferred("x-errcodes"))).toBe("error codes");
});

const schema: Schema = {
  type: "string",
  description: "",
  isDeprecated: false,
  isNullable: false,
  isSecret: false,
  evidence: [],
};

test("a hover text has one line of evidence, then the tags of the field", () => {
  const described = { ...schema, description: "Ends in */.\n", evidence: [documented, inferred("format")] };
  expect(toDocComment({ ...described, isDeprecated: true, default: "a", example: "b" }, "  ")).toBe(`  /**
   * Ends in *\\/.
   *
   * Documented; inferred: format.
   *
   * @default "a"
   *
   * @deprecated
   *
   * @example "b"
   */
`);
});

test("a field of which nothing is said has no hover text", () => {
  expect(toDocComment(schema, "")).toBe("");
});
