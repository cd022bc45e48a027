import { expect, test } from "vitest";
import { InputError } from "./errors.ts";
import { observedClient } from "./observed-client.test-helper.ts";

test.each([
  ["no input", undefined, "name must be of type string, not undefined"],
  ["null", null, "the input must be of type object, not null"],
  ["a string", "制造部", "the input must be of type object, not string"],
  ["an array", ["制造部"], "the input must be of type object, not array"],
  ["no name", {}, "name must be of type string, not undefined"],
  ["undefined for a name", { name: undefined }, "name must be of type string, not undefined"],
  ["an empty name", { name: "" }, "name must not be empty"],
  ["null for a name", { name: null }, "name must be of type string, not null"],
  ["a number for a name", { name: 7 }, "name must be of type string, not number"],
  ["a String object for a name", { name: new String("a") }, "name must be of type string, not object"],
  ["an unknown field", { name: "a", groupId: 1 }, "unknown field groupId: expected name"],
  [
    "a field named like a property of every object",
    { name: "a", constructor: 1 },
    "unknown field constructor: expected name",
  ],
  ["an own __proto__", JSON.parse('{"name":"a","__proto__":1}'), "unknown field __proto__: expected name"],
  ["a name on the prototype only", Object.create({ name: "a" }), "name must be of type string, not undefined"],
  ["a lone low surrogate", { name: "\udfff" }, "name contains a lone surrogate: it was cut inside a character"],
  ["a lone high surrogate", { name: "\ud83c" }, "name contains a lone surrogate: it was cut inside a character"],
])("%s is an InputError that names the field, before anything is sent", async (_, input, message) => {
  const { client, requests } = observedClient();
  const error = await client.addRoleGroup(input as never).catch((error) => error);
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({
    operation: "addRoleGroup",
    outcome: "not-executed",
    message: `addRoleGroup: ${message}`,
  });
  expect(requests).toEqual([]);
});

test("a field that another package has added to Object.prototype is not sent", async () => {
  const { client, requests } = observedClient();
  Object.defineProperty(Object.prototype, "name", { value: "polluted", configurable: true });
  try {
    await expect(client.addRoleGroup({} as never)).rejects.toThrow("name must be of type string, not undefined");
  } finally {
    Reflect.deleteProperty(Object.prototype, "name");
  }
  expect(requests).toHaveLength(0);
});
