import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { csvHeader, type Format, formatGroup, isFormula } from "./format-groups.ts";

const id = Number.MAX_SAFE_INTEGER;
const group = {
  groupId: id,
  name: "研发部",
  roles: [
    { id: 1, name: "工程师" },
    { id: 2, name: "Lead" },
  ],
};

test.each<[Format, string]>([
  ["tree", `${id} 研发部\n├─ 1 工程师\n└─ 2 Lead\n`],
  ["lines", `${id}\t研发部\t1\t工程师\n${id}\t研发部\t2\tLead\n`],
  ["csv", `${id},研发部,1,工程师\n${id},研发部,2,Lead\n`],
  ["json", `{"groupId":${id},"name":"研发部","roles":[{"id":1,"name":"工程师"},{"id":2,"name":"Lead"}]}\n`],
])("%s: a role group and its roles", (format, text) => {
  expect(formatGroup[format](group)).toBe(text);
});

test.each<[Format, string]>([
  ["tree", "1 制造部\n"],
  ["lines", "1\t制造部\t\t\n"],
  ["csv", "1,制造部,,\n"],
  ["json", '{"groupId":1,"name":"制造部","roles":[]}\n'],
])("%s: a role group without roles is listed, whether its list is empty, null or absent", (format, text) => {
  const bare = { groupId: 1, name: "制造部" };
  for (const each of [bare, { ...bare, roles: null }, { ...bare, roles: [] }])
    expect(formatGroup[format](each)).toBe(text);
});

test.each<Format>(["tree", "lines", "json"])("%s: no name breaks a line or moves the cursor", (format) => {
  const name = "a\nb\r\t\u001b[31m\u009b\u202e\u2028";
  const text = formatGroup[format]({ groupId: 1, name, roles: [{ id: 2, name }] });
  expect(text.split("\n")).toHaveLength(format === "tree" ? 3 : 2);
  expect(text.replaceAll("\n", "")).not.toMatch(format === "lines" ? /(?!\t)\p{C}|\u2028/u : /\p{C}|\u2028/u);
  expect(text.match(/\t/g) ?? []).toHaveLength(format === "lines" ? 3 : 0);
});

const hardNames = [
  "a,b",
  'a "b"',
  "a\nb",
  "a\r\nb",
  "\ufeffa",
  "=1",
  "-1",
  "\t",
  "",
  "\u001b[31m",
  "\u202ea",
  "👨‍👩‍👧",
  "007",
];

test("csv: a reader gets every id and every name back, exactly", () => {
  const groups = hardNames.map((name) => ({ groupId: id, name, roles: hardNames.map((name) => ({ id, name })) }));
  const rows = parse(csvHeader + groups.map(formatGroup.csv).join(""), { bom: true, columns: true });
  const ids = { groupId: String(id), roleId: String(id) };
  expect(rows).toEqual(hardNames.flatMap((group) => hardNames.map((role) => ({ ...ids, group, role }))));
});

test.each(["a\rb", " a", "a ", "a\u3000"])("csv: %j is in quotes, because some readers would change it", (name) => {
  expect(formatGroup.csv({ groupId: 1, name })).toBe(`1,"${name}",,\n`);
});

test("csv: on a terminal, a name cannot move the cursor", () => {
  const { isTTY } = process.stdout;
  process.stdout.isTTY = true;
  const text = formatGroup.csv({ groupId: 1, name: "\u001b[31ma\nb" });
  process.stdout.isTTY = isTTY;
  expect(text).toBe("1,\\u{1b}[31ma\\u{a}b,,\n");
});

test.each(['=HYPERLINK("http://a","b")', "+1", "-1", "@a", "\t=1", "\r=1"])("%j is a formula", (name) => {
  expect(isFormula(name)).toBe(true);
  expect(isFormula(`a${name}`)).toBe(false);
});
