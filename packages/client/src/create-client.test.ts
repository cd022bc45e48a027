import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { ClientOptions } from "./client-options.ts";
import { createClient } from "./create-client.ts";
import { InputError } from "./errors.ts";

const created = { errcode: 0, errmsg: "ok", groupId: 1560985325 };

/** A client, and the requests that it would have sent. */
function observedClient(answer: unknown = created, options: Partial<ClientOptions> = {}) {
  const requests: { url: URL; init: RequestInit }[] = [];
  const client = createClient({
    accessToken: "canary-6d1bxxxx",
    fetch: async (url, init) => {
      requests.push({ url: new URL(String(url)), init: init ?? {} });
      return Response.json(answer);
    },
    ...options,
  });
  return { client, requests };
}

test("addRoleGroup sends the documentation's own request, with the token in the query", async () => {
  const { client, requests } = observedClient();
  expect(await client.addRoleGroup({ name: "名称" })).toEqual({ groupId: 1560985325 });
  expect(requests).toHaveLength(1);
  const [{ url, init }] = requests as [(typeof requests)[0]];
  expect(url.href).toBe("https://oapi.dingtalk.io/role/add_role_group?access_token=canary-6d1bxxxx");
  expect(init.method).toBe("POST");
  expect([...new Headers(init.headers)]).toEqual([["content-type", "application/x-www-form-urlencoded;charset=utf-8"]]);
  expect(init.body).toBe("name=%E5%90%8D%E7%A7%B0");
  expect(init.redirect).toBe("manual");
});

test("getToken sends its fields in the query, and no token", async () => {
  const { client, requests } = observedClient({ errcode: 0, access_token: "6d1bxxxx", expires_in: 7200 });
  expect(await client.getToken({ appkey: "a+b", appsecret: "c&d" })).toEqual({
    access_token: "6d1bxxxx",
    expires_in: 7200,
  });
  const [{ url, init }] = requests as [(typeof requests)[0]];
  expect(url.href).toBe("https://oapi.dingtalk.io/gettoken?appkey=a%2Bb&appsecret=c%26d");
  expect(init).toMatchObject({ method: "GET", body: undefined });
  expect([...new Headers(init.headers)]).toEqual([]);
});

test("a token function is called once for each call that needs a token", async () => {
  let calls = 0;
  const { client, requests } = observedClient(created, { accessToken: async () => `token ${++calls}` });
  await client.addRoleGroup({ name: "a" });
  await client.addRoleGroup({ name: "b" });
  expect(requests.map(({ url }) => url.searchParams.get("access_token"))).toEqual(["token 1", "token 2"]);
});

test.each([
  [
    "throws",
    () => {
      throw new Error("vault is down");
    },
    "the accessToken function failed",
  ],
  ["returns nothing", () => undefined, "the accessToken function must return a string that is not empty"],
  ["returns an empty string", () => "", "the accessToken function must return a string that is not empty"],
])("a token function that %s is an error before anything is sent", async (_, accessToken, message) => {
  const { client, requests } = observedClient(created, { accessToken: accessToken as never });
  await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({
    name: "InputError",
    outcome: "not-executed",
    message: `addRoleGroup: ${message}`,
  });
  expect(requests).toEqual([]);
});

test.each([
  ["no input", undefined, "name is missing"],
  ["no object", "制造部", "the input must be an object, not a string"],
  ["an array", ["制造部"], "the input must be an object, not an array"],
  ["no name", {}, "name is missing"],
  ["an empty name", { name: "" }, "name is empty"],
  ["null for a name", { name: null }, "name must be a string, not null"],
  ["a number for a name", { name: 7 }, "name must be a string, not number"],
  ["a field that there is not", { name: "a", groupId: 1 }, "there is no field groupId: use name"],
  ["half of a surrogate pair", { name: "\ud83c" }, "name has half of a surrogate pair"],
])("%s is an error that names the field, before anything is sent", async (_, input, message) => {
  const { client, requests } = observedClient();
  const error = await client.addRoleGroup(input as never).catch((error) => error);
  expect(error).toBeInstanceOf(InputError);
  expect(error).toMatchObject({ operation: "addRoleGroup", outcome: "not-executed" });
  expect(error.message).toContain(`addRoleGroup: ${message}`);
  expect(requests).toEqual([]);
});

test("the client object shows no token", () => {
  const { client } = observedClient();
  expect(inspect(client, { showHidden: true, depth: Infinity }) + JSON.stringify(client)).not.toContain("canary");
  expect(Object.keys(client)).toEqual(["addRoleGroup", "getToken"]);
});
