import { readImaginedDescription } from "@dingrole/spec/imagined-description";
import { expect, test } from "vitest";
import { operationsFile } from "./generate.ts";

const file = operationsFile(readImaginedDescription());

/** The text of an interface, without its comments. */
function typeOf(name: string): string | undefined {
  const [text] = new RegExp(`(?<=^export interface ${name} )\\{.*?^\\}`, "ms").exec(file) ?? [];
  return text?.replaceAll(/ *\/\*\*.*?\*\/\n/gs, "");
}

test("a list of texts and a list of numbers in a form are arrays", () => {
  expect(typeOf("AddTeamsForPeopleInput")).toBe("{\n  teamIds: number[];\n  people: string[];\n}");
});

test("a list that a caller must not leave out by mistake is required, or a word", () => {
  expect(typeOf("LimitTeamInput")).toBe('{\n  id: number;\n  departments: number[] | "all";\n}');
});

test("a field can be absent and null, and a result has no request_id", () => {
  expect(typeOf("ListTeamsResult")).toBe(`{
  result: {
    hasMore: boolean;
    list?: Array<{
      id: number;
      people?: string[] | null;
    }>;
  };
}`);
  expect(typeOf("DeleteTeamResult")).toBe("{\n}");
});

test("a hover text says the limits of a field, its default, and how to leave it out", () => {
  const imagined = file.slice(file.indexOf("interface AddTeamInput"));
  const comments = (field: string) =>
    imagined
      .split(`\n  ${field}:`)[0]
      ?.split("/**")
      .at(-1)
      ?.replaceAll(/\s+\*+ ?/g, "\n");
  expect(comments("size?")).toContain("From 1 to 200.\n\nInferred.\n\n@default 20");
  expect(comments("offset?")).toContain("At least 0.\n\nInferred.\n\n@default 0");
  expect(comments("people")).toContain("The user ids.\n\nFrom 1 to 100 different items.\n\nInferred.");
  expect(comments("departments")).toContain('From 1 to 50 different items. Write `"all"` to leave it out.');
});
