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
  throw new Error("the file must be refused, but was read");
}

describe("a valid file is read", () => {
  test.each([
    ["a plain file", "name\n制造部\n研发部\n", ["2 制造部", "3 研发部"]],
    ["no line break at the end", "name\na", ["2 a"]],
    ["a BOM and CRLF", "\uFEFFname\r\na\r\n\r\nb\r\n", ["2 a", "4 b"]],
    ["a quoted comma, and a quoted quote", 'name\n"a, b"\n"c ""d"""\n', ["2 a, b", '3 c "d"']],
    ["a quoted header", '"name"\na\n', ["2 a"]],
    ["one JSON object per line", '{"name":"a"}\n\n{"name":"b, c"}\r\n', ["1 a", "3 b, c"]],
    ["line breaks of old Macs", "name\ra\rb\r", ["2 a", "3 b"]],
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
    ["a missing column", "工号,name\n1,a\n", 'the first line must have the column "部门" once, not "工号,name"'],
    ["a duplicate column", "部门,部门\na,b\n", 'the first line must have the column "部门" once, not "部门,部门"'],
    ["semicolons", "工号;部门\n1;a\n", "separate columns with commas"],
    ["more columns than the header has", "工号,部门\n1,a, b\n", "line 2 must have 2 columns, as the header has, not 3"],
    ["a row that is too short", "工号,部门\n1\n", "line 2: 部门 is missing"],
    ["an empty name", "工号,部门\n1,\n", "line 2: 部门 must not be empty"],
    ["an object without the field", '{"name":"a"}\n', "line 1: 部门 is missing"],
    ["a field of Object.prototype", '{"toString":1}\n', "line 1: 部门 is missing"],
    ["a duplicate field", '{"部门":"a","部门":"b"}\n', "line 1 must have 部门 once, not several times"],
  ])("%s is refused", (_, text, expected) => {
    expect(() => readColumn(text)).toThrow(expected);
  });
});

describe("an invalid file is refused, with the line of each fault", () => {
  test.each([
    ["an empty file", "", "groups.csv must have at least one row"],
    ["only a header", "name\n", "groups.csv must have at least one row"],
    [
      "another header",
      "title\na\n",
      'line 1: the first line must be only name, not "title": is the header missing? If this is the header, add --column "title"',
    ],
    ["no header", "制造部\n", 'line 1: the first line must be only name, not "制造部": is the header missing?'],
    [
      "a header with two columns",
      "name,id\na,1\n",
      'line 1: the first line must be only name, not "name,id": name the column that has the names with --column',
    ],
    ["semicolons, as Excel writes them in half of Europe", "name;id\na;1\n", "separate columns with commas"],
    ["Excel's own first line", "sep=,\nname\na\n", "delete that line"],
    ["a header in capitals", "Name\na\n", 'the first line must be only name, not "Name"'],
    [
      "an unquoted comma",
      "name\na, b\n",
      "line 2 must have 1 column, as the header has, not 2: put a value with a comma in double quotes",
    ],
    ["a quote that is not closed", 'name\n"a\nb\n', "line 2: a quote is opened and not closed"],
    ["an empty name", 'name\na\n""\n', "line 3: name must not be empty"],
    ["a name of spaces", "name\n  \n", "line 2: name must not be empty"],
    ["white space around a name", "name\n a\n", 'line 2: name " a" must not begin or end with white space'],
    ["a line break in a name", 'name\r\n"a\r\nb"\r\n', 'line 2: name "a\\nb" must not have a line break'],
    [
      "the end-of-file character of DOS",
      "name\na\n\u001a",
      'line 3: name "\\u001a" contains U+001A, a control character',
    ],
    ["a duplicate name", "name\na\nb\na\n", 'line 4: name "a" is a duplicate of line 2'],
    ["a duplicate in another Unicode form", "name\né\ne\u0301\n", "is a duplicate of line 2"],
    ["a line that is not JSON", '{"name":"a"}\n{"name":\n', "line 2 must be a JSON object"],
    [
      "a second JSON field",
      '{"name":"a","id":1}\n',
      "line 1 must have only the field name, not id: name the field that has the names with --column name",
    ],
    [
      "a JSON object without name",
      '{"Name":"a"}\n',
      "line 1 must have only the field name, not Name: name the field that has the names with --column FIELD",
    ],
    ["a JSON name that is null", '{"name":null}\n', "line 1: name must be a string, not null"],
    ["a JSON name that is a number", '{"name":1}\n', "line 1: name must be a string, not of type number"],
    ["a JSON object without a name", "{}\n", "line 1: name is missing"],
    ["a duplicate JSON field", '{"name":"a","name":"b"}\n', "line 1 must have name once, not several times"],
    ["a deeply nested JSON name", `{"name":${"[".repeat(50_000)}${"]".repeat(50_000)}}\n`, "line 1"],
    ["a lone surrogate", '{"name":"\\ud800"}\n', "line 1: name"],
  ])("%s", (_, text, expected) => {
    expect(() => read(text)).toThrow(expected);
  });

  test("all faults are reported at once", () => {
    const rows = Array.from({ length: 50 }, () => '""').join("\n");
    expect(() => read(`name\n${rows}\n`)).toThrow(/line 2: name must not be empty(\n.*){49}$/);
  });

  test.each([
    ["a header", long],
    ["a name with white space", `name\n${long} \n`],
    ["a duplicate name", `name\n${long}\n${long}\n`],
    ["a JSON key", `{"${long}":1}`],
    ["JSON keys", `{${Array.from({ length: 10_000 }, (_, index) => `"k${index}":1`)}}`],
  ])("%s of any length gives a message of limited length", (_, text) => {
    expect(faultOf(text).length).toBeLessThan(1000);
  });

  test("a long JSON name does not overflow the stack", () => {
    const line = `{"name":"x${"a".repeat(12_000_000)}"`;
    expect(faultOf(`${line},"name":"b"}`)).toContain("line 1 must have name once");
  });
});

test("names that are arguments are checked like names in a file", () => {
  expect(checkNames(["a", "b"])).toEqual([{ name: "a" }, { name: "b" }]);
  expect(() => checkNames(["a", "a"])).toThrow(
    'the arguments: nothing was sent. Fix these faults first:\n  name "a" is a duplicate',
  );
});
