import { createClient as createFetchClient } from "@dingrole/client";
import { createClient as createNodeClient } from "@dingrole/client/node";
import { startMock } from "@dingrole/mock";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { MockAgent } from "undici";
import { expect, onTestFinished, test, vi } from "vitest";

const stubbed = { errcode: 0, errmsg: "ok", groupId: 7 };

/** Tools that replace or intercept an app's `fetch`. */
const stubs: [string, () => void][] = [
  [
    "msw",
    () => {
      const server = setupServer(http.post("*/role/add_role_group", () => HttpResponse.json(stubbed)));
      server.listen();
      onTestFinished(() => server.close());
    },
  ],
  [
    "a stubbed fetch",
    () => {
      vi.stubGlobal("fetch", async () => Response.json(stubbed));
      onTestFinished(() => void vi.unstubAllGlobals());
    },
  ],
];

test.each(stubs)("%s answers the client; on Node's dispatcher only a client with the option fetch", async (_, stub) => {
  await using server = await startMock();
  stub();
  const options = { accessToken: "6d1bxxxx", baseUrl: server.url };
  const create = (client: ReturnType<typeof createNodeClient>) => client.addRoleGroup({ name: "制造部" });
  expect(await create(createFetchClient(options))).toEqual({ groupId: 7 });
  expect(await create(createNodeClient({ ...options, fetch: (url, init) => fetch(url, init) }))).toEqual({
    groupId: 7,
  });
  expect(server.requests).toEqual([]);
  expect(await create(createNodeClient(options))).toEqual({ groupId: 1560985325 });
  expect(server.requests).toHaveLength(1);
});

test("a MockAgent as dispatcher answers the client on Node's dispatcher, and nothing is sent", async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const dingTalk = agent.get("https://oapi.dingtalk.io");
  dingTalk.intercept({ method: "POST", path: /^\/role\/add_role_group\?/, body: "name=a" }).reply(200, stubbed);
  const client = createNodeClient({ accessToken: "6d1bxxxx", dispatcher: agent, retries: 0 });
  expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 7 });
  await expect(client.addRoleGroup({ name: "b" })).rejects.toMatchObject({ name: "NetworkError" });
});

test("a fetch with a cache, like the one of Next.js 14, still sends every create", async () => {
  await using server = await startMock();
  const cache = new Map<string, Promise<Response>>();
  const cachingFetch = async (url: string, init: RequestInit = {}) => {
    if (init.cache === "no-store") return fetch(url, init);
    const key = JSON.stringify([url, init.method, init.body]);
    if (!cache.has(key)) cache.set(key, fetch(url, init));
    return (await (cache.get(key) as Promise<Response>)).clone();
  };
  const options = { appKey: "a", appSecret: "b", baseUrl: server.url, fetch: cachingFetch as typeof fetch };
  for (const client of [createFetchClient(options), createNodeClient(options)])
    for (const _ of "ab") await client.addRoleGroup({ name: "制造部" });
  const sent = server.requests.map(({ operation }) => operation);
  const ofEach = ["getToken", "addRoleGroup", "addRoleGroup"];
  expect(sent).toEqual([...ofEach, ...ofEach]);
});
