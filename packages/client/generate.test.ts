import type { Operation } from "@dingrole/spec";
import { readImaginedDescription } from "@dingrole/spec/imagined-description";
import { expect, test } from "vitest";
import { generate } from "./generate.ts";

const description = readImaginedDescription();
const files = generate(description);

/** The text of an entry of a table, or of a member of an interface, with its nested braces. */
function entryOf(file: string, name: string): string | undefined {
  return new RegExp(`^  ${name}: (.*?)(?:,?\\n)(?=  \\w|\\})`, "ms")
    .exec(files[file] ?? "")?.[1]
    ?.replaceAll(/\s+/g, " ");
}

test("a list in a form has its items and its maximum; the rules that all such lists share are in the runtime", () => {
  expect(entryOf("operations.ts", "addTeamsForPeople")).toContain(
    'form: { teamIds: { type: "array", items: { type: "integer" }, maxItems: 20 }, ' +
      'people: { type: "array", items: { type: "string", nonEmpty: true }, maxItems: 100 } }, result: {}',
  );
});

test("a list that has a word for leaving it out is not optional", () => {
  expect(entryOf("operations.ts", "limitTeam")).toContain('maxItems: 50, omitted: "all" }');
  expect(files["types.ts"]).toContain("limitTeam(input: LimitTeamInput, options?: CallOptions)");
});

test("an input is required if its only field has a word for leaving it out", () => {
  const limitTeam = description.operations.find(({ id }) => id === "limitTeam") as Operation;
  const onlyList = { ...limitTeam, form: limitTeam.form?.filter(({ omitted }) => omitted) };
  const { "types.ts": types } = generate({ ...description, operations: [onlyList] });
  expect(types).toContain("limitTeam(input: LimitTeamInput, options?: CallOptions)");
});

test("fields of paging have defaults, other fields have none, and a nullable field says so", () => {
  const listTeams = entryOf("operations.ts", "listTeams");
  expect(listTeams).toContain('size: { type: "integer", default: 20, optional: true }');
  expect(listTeams).toContain('offset: { type: "integer", default: 0, optional: true }');
  expect(listTeams).toContain('people: { type: "array", nullable: true, items: { type: "string" }, optional: true }');
  expect(listTeams).not.toContain("request_id");
  expect(entryOf("operations.ts", "addTeam")).toContain('note: { type: "string", optional: true }');
});

test("an operation has its permissions, and the codes that prove its effect", () => {
  expect(entryOf("operations.ts", "listTeams")).toContain(
    'permission: "qyapi_get_department_list, qyapi_get_department_member"',
  );
  expect(entryOf("operations.ts", "deleteTeam")).toContain("proves: [ 33011 ]");
  expect(entryOf("operations.ts", "pingTeams")).not.toMatch(/permission|proves/);
});

test("only the tables of paging and batches name the operations that have them", () => {
  expect(entryOf("paging.ts", "listTeams")).toBe(
    '{ input: ListTeamsInput & { offset?: never; size?: never }; row: NonNullable<NonNullable<ListTeamsResult["result"]>["list"]>[number] };',
  );
  expect(files["paging.ts"]).toMatch(/offset: "offset",\s+size: "size",\s+maximum: 200/);
  expect(files["paging.ts"]).not.toContain("addTeam");
  expect(files["batches.ts"]).toContain("  addTeamsForPeople: AddTeamsForPeopleInput;\n");
  expect(files["batches.ts"]).not.toMatch(/limitTeam|listTeams/);
});

test("a thing that a call creates and a list shows with its name can be ensured", () => {
  expect(files["ensured.ts"]?.replaceAll(/\s+/g, " ")).toContain(
    'row: { id: "id", name: "name" }, within: { owner: "groupId", rowOwner: "groupId", rowList: "roles" }, taken: 34021',
  );
  const unlisted = description.operations.map((each) => (each.id === "listRoles" ? { ...each, result: [] } : each));
  expect(generate({ ...description, operations: unlisted })["ensured.ts"]).toMatch(/Ensured<Thing> } = {};/);
});
