import { describe, expect, test } from "vitest";
import { checkNames, readGroups } from "./read-groups.ts";

const read = (text: string) => readGroups(Buffer.from(text), "groups.csv");

describe("what is read", () => {
  test.each([
    ["a plain file", "name\n制造部\n研发部\n", ["2 制造部", "3 研发部"]],
    ["without a last line's end", "name\na", ["2 a"]],
    ["a BOM and CRLF", "\uFEFFname\r\na\r\n\r\nb\r\n", ["2 a", "4 b"]],
    ["a quoted comma, and a quoted quote", 'name\n"a, b"\n"c ""d"""\n', ["2 a, b", '3 c "d"']],
    ["a quoted header", '"name"\na\n', ["2 a"]],
    ["a JSON object a line", '{"name":"a"}\n\n{"name":"b, c"}\r\n', ["1 a", "3 b, c"]],
    ["names that look like numbers", "name\n007\n1e3\n", ["2 007", "3 1e3"]],
  ])("%s", (_, text, expected) => {
    expect(read(text).map(({ line, name }) => `${line} ${name}`)).toEqual(expected);
  });
});

describe("what is refused, with its line", () => {
  test.each([
    ["an empty file", "", "groups.csv has no rows"],
    ["a header and no more", "name\n", "groups.csv has no rows"],
    ["another header", "title\na\n", "line 1: the header must be name and no more, not title"],
    ["no header", "制造部\n", "line 1: the header must be name and no more, not 制造部"],
    ["a header of two", "name,id\na,1\n", "line 1: the header must be name and no more, not name,id"],
    ["an unquoted comma", "name\na, b\n", "line 2 has 2 columns: put a name that has a comma in double quotes"],
    [
      "a quote that is not closed",
      'name\n"a\nb\n',
      "Quote Not Closed: the parsing is finished with an opening quote at line",
    ],
    ["an empty name", 'name\na\n""\n', "line 3: name is empty"],
    ["a name of spaces", "name\n  \n", "line 2: name is empty"],
    ["white space around a name", "name\n a\n", 'line 2: name " a" begins or ends with white space'],
    ["a line break in a name", 'name\n"a\nb"\n', 'line 3: name "a\\nb" has a line break'],
    ["a name that is there twice", "name\na\nb\na\n", 'line 4: name "a" is there twice, as in line 2'],
    ["twice in two forms of Unicode", "name\né\ne\u0301\n", "is there twice, as in line 2"],
    ["a line that is no JSON", '{"name":"a"}\n{"name":\n', "line 2 is no JSON object"],
    ["a JSON field too many", '{"name":"a","id":1}\n', "line 1 has id: there is no field but name"],
    ["a JSON name that is a number", '{"name":1}\n', "line 1: name must be a string, not 1"],
    ["a JSON object without a name", "{}\n", "line 1: name must be a string, not missing"],
    ["half a character", '{"name":"\\ud800"}\n', "line 1: name"],
  ])("%s", (_, text, expected) => {
    expect(() => read(text)).toThrow(expected);
  });

  test("a file that is not UTF-8, as Excel saves Chinese", () => {
    const gbk = Buffer.concat([Buffer.from("name\nok\n"), Buffer.from([0xd6, 0xc6, 0xd4, 0xec])]);
    expect(() => readGroups(gbk, "groups.csv")).toThrow('line 3 is not UTF-8: save it as "CSV UTF-8"');
  });

  test("all faults at once, the first 20 in words", () => {
    const rows = Array.from({ length: 50 }, () => '""').join("\n");
    expect(() => read(`name\n${rows}\n`)).toThrow(/line 2: name is empty(\n.*){19}\n {2}… and 30 more$/);
  });
});

test("names that are arguments are checked as a file's are", () => {
  expect(checkNames(["a", "b"])).toEqual([{ name: "a" }, { name: "b" }]);
  expect(() => checkNames(["a", "a"])).toThrow(
    'the arguments: nothing was sent, for there are faults:\n  name "a" is there twice',
  );
});
