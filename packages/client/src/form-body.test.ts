import { expect, test } from "vitest";
import { encodeForm } from "./form-body.ts";

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
  ["nothing", {}, ""],
])("%s", (_, fields, body) => {
  expect(encodeForm(fields, fields)).toBe(body);
});
