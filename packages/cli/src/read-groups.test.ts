import { describe, expect, test } from "vitest";
import { RefusedError } from "./outcome.ts";
import { checkNames, readGroups } from "./read-groups.ts";

const read = (text: string) => readGroups(Buffer.from(text), "groups.csv");
const long = "制".repeat(50_000);

function faultOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof RefusedError) return error.message;
    throw error;
  }
  throw new Error("It was read.");
}

describe("what is read", () => {
  test.each([
    ["a plain file", "name\n制造部\n研发部\n", ["2 制造部", "3 研发部"]],
    ["without a last line's end", "name\na", ["2 a"]],
    ["a BOM and CRLF", "\uFEFFname\r\na\r\n\r\nb\r\n", ["2 a", "4 b"]],
    ["a quoted comma, and a quoted quote", 'name\n"a, b"\n"c ""d"""\n', ["2 a, b", '3 c "d"']],
    ["a quoted header", '"name"\na\n', ["2 a"]],
    ["a JSON object a line", '{"name":"a"}\n\n{"name":"b, c"}\r\n', ["1 a", "3 b, c"]],
    ["line ends of old", "name\ra\rb\r", ["2 a", "3 b"]],
    ["an emoji of several characters", "name\n👨‍👩‍👧\n", ["2 👨‍👩‍👧"]],
    ["a JSON name that has a quote and a colon", '{"name":"a\\": \\"b"}', ['1 a": "b']],
    ["names that look like numbers", "name\n007\n1e3\n", ["2 007", "3 1e3"]],
  ])("%s", (_, text, expected) => {
    expect(read(text).map(({ line, name }) => `${line} ${name}`)).toEqual(expected);
  });
});

describe("with --column", () => {
  const column = "部门";
  const readColumn = (text: string) => readGroups(Buffer.from(text), "groups.csv", { column }).map(({ name }) => name);

  test.each([
    ["one of several", '工号,部门,备注\n1,制造部,"a, b"\n2,研发部\n', ["制造部", "研发部"]],
    ["the only one", "部门\n制造部\n", ["制造部"]],
    ["rows without anything, as Excel leaves them", "工号,部门\n1,制造部\n,\n\n", ["制造部"]],
    ["a field of JSON objects", '{"部门":"制造部","工号":1,"x":{"部门":"b"}}\n', ["制造部"]],
  ])("%s", (_, text, expected) => {
    expect(readColumn(text)).toEqual(expected);
  });

  test.each([
    [
      "a column that is not there",
      "工号,name\n1,a\n",
      'the first line must have the column "部门" once, not "工号,name"',
    ],
    [
      "a column that is there twice",
      "部门,部门\na,b\n",
      'the first line must have the column "部门" once, not "部门,部门"',
    ],
    ["semicolons", "工号;部门\n1;a\n", "separate columns by commas"],
    ["more columns than the header has", "工号,部门\n1,a, b\n", "line 2 has 3 columns, and the header 2"],
    ["a row that is too short", "工号,部门\n1\n", "line 2: 部门 is missing"],
    ["an empty name", "工号,部门\n1,\n", "line 2: 部门 is empty"],
    ["an object without the field", '{"name":"a"}\n', "line 1: 部门 is missing"],
    ["a field that is inherited", '{"toString":1}\n', "line 1: 部门 is missing"],
    ["a field that is there twice", '{"部门":"a","部门":"b"}\n', "line 1 has 部门 more than once"],
  ])("%s is refused", (_, text, expected) => {
    expect(() => readColumn(text)).toThrow(expected);
  });
});

describe("what is refused, with its line", () => {
  test.each([
    ["an empty file", "", "groups.csv has no rows"],
    ["a header and no more", "name\n", "groups.csv has no rows"],
    [
      "another header",
      "title\na\n",
      'line 1: the first line must be name and no more, not "title": is the header missing? If this is the header, add --column "title"',
    ],
    ["no header", "制造部\n", 'line 1: the first line must be name and no more, not "制造部": is the header missing?'],
    [
      "a header of two",
      "name,id\na,1\n",
      'line 1: the first line must be name and no more, not "name,id": say with --column which column has the names',
    ],
    ["semicolons, as Excel writes them in half of Europe", "name;id\na;1\n", "separate columns by commas"],
    ["Excel's own first line", "sep=,\nname\na\n", "delete that line"],
    ["a header in capitals", "Name\na\n", 'the first line must be name and no more, not "Name"'],
    [
      "an unquoted comma",
      "name\na, b\n",
      "line 2 has 2 columns, and the header 1: put what has a comma in double quotes",
    ],
    ["a quote that is not closed", 'name\n"a\nb\n', "line 2: a quote that is opened is not closed"],
    ["an empty name", 'name\na\n""\n', "line 3: name is empty"],
    ["a name of spaces", "name\n  \n", "line 2: name is empty"],
    ["white space around a name", "name\n a\n", 'line 2: name " a" begins or ends with white space'],
    ["a line break in a name", 'name\r\n"a\r\nb"\r\n', 'line 2: name "a\\nb" has a line break'],
    ["the end of a file of DOS", "name\na\n\u001a", 'line 3: name "\\u001a" contains U+001A, a control character'],
    ["a name that is there twice", "name\na\nb\na\n", 'line 4: name "a" is there twice, as in line 2'],
    ["twice in two forms of Unicode", "name\né\ne\u0301\n", "is there twice, as in line 2"],
    ["a line that is no JSON", '{"name":"a"}\n{"name":\n', "line 2 is not a JSON object"],
    [
      "a JSON field too many",
      '{"name":"a","id":1}\n',
      "line 1 has id: say which field has the names, with --column name",
    ],
    [
      "a JSON object without name",
      '{"Name":"a"}\n',
      "line 1 has Name: say which field has the names, with --column FIELD",
    ],
    ["a JSON name that is null", '{"name":null}\n', "line 1: name must be a string, not null"],
    ["a JSON name that is a number", '{"name":1}\n', "line 1: name must be a string, not of type number"],
    ["a JSON object without a name", "{}\n", "line 1: name is missing"],
    ["a JSON field that is there twice", '{"name":"a","name":"b"}\n', "line 1 has name more than once"],
    ["a JSON name that is deep", `{"name":${"[".repeat(50_000)}${"]".repeat(50_000)}}\n`, "line 1"],
    ["half a character", '{"name":"\\ud800"}\n', "line 1: name"],
  ])("%s", (_, text, expected) => {
    expect(() => read(text)).toThrow(expected);
  });

  test("all faults at once", () => {
    const rows = Array.from({ length: 50 }, () => '""').join("\n");
    expect(() => read(`name\n${rows}\n`)).toThrow(/line 2: name is empty(\n.*){49}$/);
  });

  test.each([
    ["a header", long],
    ["a name with white space", `name\n${long} \n`],
    ["a name that is there twice", `name\n${long}\n${long}\n`],
    ["a JSON key", `{"${long}":1}`],
    ["JSON keys", `{${Array.from({ length: 10_000 }, (_, index) => `"k${index}":1`)}}`],
  ])("%s of any length, and what is quoted of it has an end", (_, text) => {
    expect(faultOf(text).length).toBeLessThan(1000);
  });

  test("a JSON name of any length overflows no stack", () => {
    const line = `{"name":"x${"a".repeat(12_000_000)}"`;
    expect(faultOf(`${line},"name":"b"}`)).toContain("line 1 has name more than once");
  });
});

test("names that are arguments are checked as a file's are", () => {
  expect(checkNames(["a", "b"])).toEqual([{ name: "a" }, { name: "b" }]);
  expect(() => checkNames(["a", "a"])).toThrow(
    'the arguments: nothing was sent, for there are faults:\n  name "a" is there twice',
  );
});
