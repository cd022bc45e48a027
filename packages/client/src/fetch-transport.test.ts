import { expect, onTestFinished, test, vi } from "vitest";
import { created, observedClient } from "./observed-client.test-helper.ts";

test.each([
  ["whose Request has no cache, such as a Worker from before 2024-11-11,", class {}],
  ["without a Request, such as jsdom,", undefined],
])("in a runtime %s fetch gets no cache field", async (_, Request) => {
  vi.stubGlobal("Request", Request);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { client, requests } = observedClient();
  expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
  expect(requests[0]?.init).not.toHaveProperty("cache");
});

test("on Deno the form is a Blob, which Deno's fetch cannot resend by itself", async () => {
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

test("fetch is called without a receiver, as browsers require", async () => {
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
