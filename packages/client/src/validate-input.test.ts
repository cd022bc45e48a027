import { parse } from "node:querystring";
import fc from "fast-check";
import { expect, test } from "vitest";
import { InputError } from "./errors.ts";
import { observedFixtureClient } from "./fixture-operations.test-helper.ts";
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

const thingIds = [1, 2];
const userIds = ["a"];

test.each<[string, "giveThings" | "limitThing", object, string]>([
  ["a text with commas", "giveThings", { thingIds, userIds: "a,b" }, "userIds must be of type array, not string"],
  ["no list", "giveThings", { userIds }, "thingIds must be of type array, not undefined"],
  ["null", "giveThings", { thingIds: null, userIds }, "thingIds must be of type array, not null"],
  ["a set", "giveThings", { thingIds, userIds: new Set("a") }, "userIds must be of type array, not object"],
  ["no items", "giveThings", { thingIds: [], userIds }, "thingIds must have 1 to 3 items, not 0"],
  ["too many items", "giveThings", { thingIds: [1, 2, 3, 4], userIds }, "thingIds must have 1 to 3 items, not 4"],
  [
    "an item of another type",
    "giveThings",
    { thingIds: [1, "2"], userIds },
    "thingIds[1] must be of type integer, not string",
  ],
  ["a hole", "giveThings", { thingIds: Array(2), userIds }, "thingIds[0] must be of type integer, not undefined"],
  [
    "an id that is rounded",
    "giveThings",
    { thingIds: [2 ** 53], userIds },
    "thingIds[0] must be a safe integer, not 9007199254740992",
  ],
  ["NaN", "giveThings", { thingIds: [Number.NaN], userIds }, "thingIds[0] must be a safe integer, not NaN"],
  [
    "an item that repeats a later one",
    "giveThings",
    { thingIds: [7, 8, 8], userIds },
    "thingIds[2] must not repeat thingIds[1]",
  ],
  ["an item that repeats", "giveThings", { thingIds: [7, 8, 7], userIds }, "thingIds[2] must not repeat thingIds[0]"],
  ["an empty item", "giveThings", { thingIds, userIds: ["a", ""] }, "userIds[1] must not be empty"],
  ["a comma in an item", "giveThings", { thingIds, userIds: ["a", "b,c"] }, "userIds[1] must not contain a comma"],
  [
    "half a character",
    "giveThings",
    { thingIds, userIds: ["\ud83c"] },
    "userIds contains a lone surrogate: it was cut inside a character",
  ],
  [
    "no list, though that has a wide effect",
    "limitThing",
    { thing_id: 1 },
    'places must be of type array, or "all" to leave it out, not undefined',
  ],
  [
    "another word",
    "limitThing",
    { thing_id: 1, places: "none" },
    'places must be of type array, or "all" to leave it out, not string',
  ],
  [
    "null for it",
    "limitThing",
    { thing_id: 1, places: null },
    'places must be of type array, or "all" to leave it out, not null',
  ],
  [
    "51 items",
    "limitThing",
    { thing_id: 1, places: Array.from({ length: 51 }, (_, index) => index) },
    "places must have 1 to 50 items, not 51",
  ],
])("a list: %s is an InputError, before anything is sent", async (_, operation, input, message) => {
  const { client, requests } = observedFixtureClient();
  const error = await client[operation](input).catch((error) => error);
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toBe(`${operation}: ${message}`);
  expect(requests).toEqual([]);
});

test("null is not a value of an optional field", async () => {
  const { client, requests } = observedFixtureClient();
  await expect(client.listThings({ skip: null })).rejects.toThrow("listThings: skip must be of type integer, not null");
  expect(requests).toEqual([]);
});

test("a list is one field of the form, and the caller may change the list after the call began", async () => {
  const { client, requests } = observedFixtureClient([{ errcode: 0 }], { accessToken: async () => "t" });
  const given = [1, 2 ** 53 - 1];
  const call = client.giveThings({ thingIds: given, userIds: ["张三", "b c"] });
  given.push(1.5);
  expect(await call).toEqual({});
  expect(requests.map(({ init }) => init.body)).toEqual([
    "thingIds=1%2C9007199254740991&userIds=%E5%BC%A0%E4%B8%89%2Cb%20c",
  ]);
});

test("a list that is too long is refused before it is copied: Array(id) would take all memory", async () => {
  const { client, requests } = observedFixtureClient();
  const thingIds = Array(1507113584);
  thingIds[Symbol.iterator] = () => {
    throw new Error("copied");
  };
  const error = await client.giveThings({ thingIds, userIds }).catch((error) => error);
  expect(error.message).toBe("giveThings: thingIds must have 1 to 3 items, not 1507113584");
  expect(requests).toEqual([]);
});

test("any list is refused, and nothing is sent, or Node's own parser reads its items back", async () => {
  const item = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("a", "b", "a,b", "", "\ud83c", 7, null, undefined),
  );
  let sent = 0;
  const anyLists = fc.asyncProperty(fc.array(item, { maxLength: 4 }), async (userIds) => {
    const { client, requests } = observedFixtureClient();
    const error = await client.giveThings({ thingIds, userIds }).catch((error) => error);
    if (error instanceof InputError) {
      expect(error.message).toMatch(/^giveThings: userIds(\[\d\])? (must|contains) /);
      expect(requests).toEqual([]);
    } else {
      expect(String(parse(requests[0]?.init.body as string).userIds).split(",")).toEqual(userIds);
      expect(userIds.length).toBe(new Set(userIds).size);
      sent++;
    }
  });
  await fc.assert(anyLists, { numRuns: 500 });
  expect(sent).toBeGreaterThan(0);
});

test.each([
  [{ thing_id: 1, places: [3, 4] }, "thing_id=1&places=3%2C4"],
  [{ thing_id: 1, places: "all" }, "thing_id=1"],
])("a wide effect is said with a word, which is not sent: %j", async (input, body) => {
  const { client, requests } = observedFixtureClient();
  await client.limitThing(input);
  expect(requests.map(({ init }) => init.body)).toEqual([body]);
});

test.each([
  [undefined, "skip=0&count=20"],
  [{ skip: 40 }, "skip=40&count=20"],
  [{ count: 200, skip: undefined }, "skip=0&count=200"],
])("the fields of a page are sent together: %j", async (input, body) => {
  const { client, requests } = observedFixtureClient();
  await client.listThings(input);
  expect(requests.map(({ init }) => init.body)).toEqual([body]);
});
