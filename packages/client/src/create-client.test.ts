import { inspect } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { createClient } from "./create-client.ts";
import { InputError } from "./errors.ts";
import { operations } from "./generated/operations.ts";
import { canary, created, type ObservedRequest, observedClient } from "./observed-client.test-helper.ts";

const token = encodeURIComponent(canary);

test("addRoleGroup sends the documentation's own request, with the token in the query", async () => {
  const { client, requests } = observedClient();
  expect(await client.addRoleGroup({ name: "名称" })).toEqual({ groupId: 1560985325 });
  expect(requests).toHaveLength(1);
  const [{ url, init }] = requests as [ObservedRequest];
  expect(url.href).toBe(`https://oapi.dingtalk.io/role/add_role_group?access_token=${token}`);
  expect(init.method).toBe("POST");
  expect([...new Headers(init.headers)]).toEqual([["content-type", "application/x-www-form-urlencoded;charset=utf-8"]]);
  expect(init.body).toBe("name=%E5%90%8D%E7%A7%B0");
  expect(init.redirect).toBe("manual");
  expect(init.cache).toBe("no-store");
});

test.each([
  ["whose Request has no cache, as in a Worker of before 2024-11-11,", class {}],
  ["without a Request, as in jsdom,", undefined],
])("in a runtime %s fetch gets no cache field", async (_, Request) => {
  vi.stubGlobal("Request", Request);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { client, requests } = observedClient();
  expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
  expect(requests[0]?.init).not.toHaveProperty("cache");
});

test("on Deno a form goes as a Blob, which a fetch that resends cannot send again", async () => {
  vi.stubGlobal("Deno", {});
  onTestFinished(() => void vi.unstubAllGlobals());
  const { client, requests } = observedClient([{ errcode: 0, access_token: "6d1bxxxx", expires_in: 7200 }, created], {
    appKey: "a",
    appSecret: "b",
  } as never);
  await client.addRoleGroup({ name: "名称" });
  const [token, create] = requests.map(({ init }) => init.body);
  expect(token).toBeNull();
  expect(create).toBeInstanceOf(Blob);
  expect(await new Response(create).text()).toBe("name=%E5%90%8D%E7%A7%B0");
});

test("getToken sends its fields in the query, and no token", async () => {
  const { client, requests } = observedClient([{ errcode: 0, access_token: "6d1bxxxx", expires_in: 7200 }]);
  expect(await client.getToken({ appkey: "a+b", appsecret: "c&d" })).toEqual({
    access_token: "6d1bxxxx",
    expires_in: 7200,
  });
  const [{ url, init }] = requests as [ObservedRequest];
  expect(url.href).toBe("https://oapi.dingtalk.io/gettoken?appkey=a%2Bb&appsecret=c%26d");
  expect(init.method).toBe("GET");
  expect(init.body).toBeNull();
  expect(init.headers).toEqual({});
});

test("region and baseUrl choose the host", async () => {
  const china = observedClient([created], { region: "china" });
  await china.client.addRoleGroup({ name: "a" });
  expect(china.requests[0]?.url.origin).toBe("https://oapi.dingtalk.com");
  const proxy = observedClient([created], { baseUrl: "https://example.com/proxy/" });
  await proxy.client.addRoleGroup({ name: "a" });
  expect(proxy.requests[0]?.url.href).toMatch(/^https:\/\/example\.com\/proxy\/role\/add_role_group\?/);
});

test("withResponse returns the answer's status and headers beside the result", async () => {
  const answer = Response.json(created, { headers: { "x-trace": "7" } });
  const { client } = observedClient([answer]);
  const { result, status, headers } = await client.addRoleGroup({ name: "a" }, { withResponse: true });
  expect(result).toEqual({ groupId: 1560985325 });
  expect(status).toBe(200);
  expect(headers.get("x-trace")).toBe("7");
});

test("fetch is looked up at each call, so that a later replacement is used", async () => {
  const { client } = observedClient([created], { fetch: undefined as never });
  const { fetch } = globalThis;
  globalThis.fetch = async () => Response.json({ ...created, groupId: 7 });
  try {
    expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 7 });
  } finally {
    globalThis.fetch = fetch;
  }
});

test.each([
  ["no input", undefined, "name must be of type string, not undefined"],
  ["null", null, "the input must be of type object, not null"],
  ["no object", "制造部", "the input must be of type object, not string"],
  ["an array", ["制造部"], "the input must be of type object, not array"],
  ["no name", {}, "name must be of type string, not undefined"],
  ["undefined for a name", { name: undefined }, "name must be of type string, not undefined"],
  ["an empty name", { name: "" }, "name must not be empty"],
  ["null for a name", { name: null }, "name must be of type string, not null"],
  ["a number for a name", { name: 7 }, "name must be of type string, not number"],
  ["a String object for a name", { name: new String("a") }, "name must be of type string, not object"],
  ["an unknown field", { name: "a", groupId: 1 }, "unknown field groupId: expected name"],
  ["a field named like one of every object", { name: "a", constructor: 1 }, "unknown field constructor: expected name"],
  ["an own __proto__", JSON.parse('{"name":"a","__proto__":1}'), "unknown field __proto__: expected name"],
  ["a name that only the prototype has", Object.create({ name: "a" }), "name must be of type string, not undefined"],
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

test.each([
  ["a timeout of 0", { timeout: 0 }, "timeout must be milliseconds above 0"],
  ["a deadline that no timer holds", { deadline: 2 ** 31 }, "deadline must be milliseconds above 0"],
  ["a signal of another type", { signal: {} }, "signal must be an AbortSignal"],
  ["an object that tells of no abort for a signal", { signal: { aborted: false } }, "signal must be an AbortSignal"],
  ["an event target for a signal", { signal: new EventTarget() }, "signal must be an AbortSignal"],
  ["null for a signal", { signal: null }, "signal must be an AbortSignal"],
  ["an unknown option", { retries: 1 }, "unknown option retries: expected signal, timeout, deadline"],
])("%s is an InputError that names the call's option", async (_, options, message) => {
  const { client, requests } = observedClient();
  await expect(client.addRoleGroup({ name: "a" }, options as never)).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringContaining(`addRoleGroup: ${message}`),
  });
  expect(requests).toEqual([]);
});

test("fetch is called as a function, as browsers want it", async () => {
  let self: unknown = "not called";
  const { client } = observedClient([created], {
    async fetch(this: unknown) {
      self = this;
      return Response.json(created);
    },
  } as never);
  await client.addRoleGroup({ name: "a" });
  expect(self).toBeUndefined();
});

test("the client object shows no secret", () => {
  const { client } = observedClient();
  const { client: app } = observedClient([created], { appKey: "key", appSecret: canary });
  for (const each of [client, app]) {
    expect(inspect(each, { showHidden: true, depth: Infinity }) + JSON.stringify(each)).not.toContain("canary");
    expect(Object.keys(each)).toEqual(Object.keys(operations));
  }
});

test.each([
  [
    "throws",
    () => {
      throw new Error("hook");
    },
  ],
  ["fails later", () => Promise.reject(new Error("hook"))],
])("a hook that %s breaks neither the call nor the process", async (_, onEvent) => {
  const unheard: unknown[] = [];
  const listener = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", listener);
  const { client } = observedClient([created], { onEvent });
  expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
  await new Promise(setImmediate);
  process.off("unhandledRejection", listener);
  expect(unheard).toEqual([]);
});

test("the index that array.map passes does no harm", async () => {
  const fetch = async () => Response.json(created);
  const [, second] = ["a", "b"].map((accessToken) => ({ accessToken, fetch })).map(createClient);
  expect(await second?.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
});

test("a field that another package put on every object's prototype is not sent", async () => {
  const { client, requests } = observedClient();
  Object.defineProperty(Object.prototype, "name", { value: "polluted", configurable: true });
  try {
    await expect(client.addRoleGroup({} as never)).rejects.toThrow("name must be of type string, not undefined");
  } finally {
    Reflect.deleteProperty(Object.prototype, "name");
  }
  expect(requests).toHaveLength(0);
});
