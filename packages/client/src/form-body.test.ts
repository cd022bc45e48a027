import { expect, test } from "vitest";
import { encodeForm } from "./form-body.ts";
import type { Fields } from "./schema.ts";

const fieldsOf = (values: object): Fields =>
  Object.fromEntries(Object.keys(values).map((name) => [name, { type: "string" }]));

test.each([
  ["ASCII", { name: "Manufacturing" }, "name=Manufacturing"],
  ["Chinese, as in the request of the documentation", { name: "名称" }, "name=%E5%90%8D%E7%A7%B0"],
  ["an emoji, beyond the basic plane", { name: "🏭" }, "name=%F0%9F%8F%AD"],
  ["a space", { name: "a b" }, "name=a%20b"],
  ["a plus, which a form decoder would read as a space", { name: "a+b" }, "name=a%2Bb"],
  ["the separators of a form", { name: "a&b=c" }, "name=a%26b%3Dc"],
  ["a percent sign", { name: "100%" }, "name=100%25"],
  ["line breaks", { name: "a\r\nb" }, "name=a%0D%0Ab"],
  ["a NUL", { name: "a\0b" }, "name=a%00b"],
  ["several fields, in order", { b: "2", a: "1" }, "b=2&a=1"],
  ["an undefined field, which is left out", { name: "a", other: undefined }, "name=a"],
  ["the word undefined", { name: "undefined" }, "name=undefined"],
  ["an empty string", { name: "" }, "name="],
  ["a number", { groupId: 3168010875 }, "groupId=3168010875"],
  ["a boolean", { flag: false }, "flag=false"],
  ["a name that needs encoding", { "a&b": "c" }, "a%26b=c"],
  ["a list, with commas between its items", { userIds: ["a", "b"] }, "userIds=a%2Cb"],
  ["a list of one item", { roleIds: [1507113584] }, "roleIds=1507113584"],
  [
    "the special characters of each item",
    { userIds: ["a b", "c&d=e", "名+%"] },
    "userIds=a%20b%2Cc%26d%3De%2C%E5%90%8D%2B%25",
  ],
  ["nothing", {}, ""],
])("%s", (_, values, body) => {
  expect(encodeForm(values, fieldsOf(values))).toBe(body);
});

test("a field without a value has its default, and a field with the word of its omission is left out", () => {
  const fields: Fields = {
    skip: { type: "integer", optional: true, default: 0 },
    count: { type: "integer", optional: true, default: 20 },
    places: { type: "array", omitted: "all" },
  };
  expect(encodeForm({}, fields)).toBe("skip=0&count=20");
  expect(encodeForm({ skip: 40, count: undefined, places: "all" }, fields)).toBe("skip=40&count=20");
  expect(encodeForm({ count: 0, places: [1, 2] }, fields)).toBe("skip=0&count=0&places=1%2C2");
});
