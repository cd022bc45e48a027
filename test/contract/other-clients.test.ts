/** Clients of other authors can call the mock in gateway mode, as they call DingTalk. */
import { createRequire } from "node:module";
import { fingerprint, type MockServer, startMock } from "@dingrole/mock";
import axios from "axios";
import createFetchClient from "openapi-fetch";
import { describe, expect, test } from "vitest";

const require = createRequire(import.meta.url);

test("node-dingtalk gets its token by corpid and corpsecret, and sends JSON", async () => {
  const DingTalk = require("node-dingtalk"); // The package has no types.
  await using mock = await startMock({ mode: "gateway" });
  const { client } = new DingTalk({ corpid: "key", corpsecret: "canary", host: mock.url });
  const create = (name: string) => client.post("role/add_role_group", { name });
  expect(await create("制造部")).toMatchObject({ errcode: 0, groupId: 1560985325 });
  expect(await create("研发部")).toMatchObject({ errcode: 0, groupId: 1560985326 });
  mock.next("noPermission");
  await expect(create("制造部")).rejects.toMatchObject({ code: 88, data: { sub_code: "60011" } });
  await expect(create("")).rejects.toMatchObject({ code: 40035 });
  expect(
    mock.requests.map(({ operation, json, accepted, violations }) => [operation, json?.name, accepted, violations]),
  ).toEqual([
    ["getToken", undefined, ["corpid instead of appkey", "corpsecret instead of appsecret"], []],
    ["addRoleGroup", "制造部", ["a JSON body instead of a form"], []],
    ["addRoleGroup", "研发部", ["a JSON body instead of a form"], []],
    ["addRoleGroup", "制造部", ["a JSON body instead of a form"], []],
    ["addRoleGroup", "", ["a JSON body instead of a form"], [expect.stringContaining("name")]],
  ]);
  expect(mock.requests[0]?.query).toMatchObject({ corpid: "key", corpsecret: fingerprint("canary") });
});

interface Answer {
  errcode: number | string;
  access_token: string;
  groupId: number;
  roleId: number;
  result: { hasMore: boolean; list: { groupId: number; name: string; roles?: { id: number; name: string }[] }[] };
}

/** Sends the fields of a call as a client does. */
type Post = (path: string, fields: Record<string, string | number>) => Promise<Answer>;

/** Ways to call DingTalk from JavaScript. Each gets its token itself. */
const clients: Record<string, (mock: MockServer) => Promise<Post>> = {
  "axios, with a JSON body of strings, as DingTalk's SDKs send it": async ({ url }) => {
    const { data: token } = await axios.get(`${url}/gettoken`, { params: { appkey: "key", appsecret: "canary" } });
    const client = axios.create({ baseURL: url, params: { access_token: token.access_token }, proxy: false });
    return async (path, fields) => {
      const texts = Object.entries(fields).map(([name, value]) => [name, String(value)]);
      return (await client.post(path, Object.fromEntries(texts))).data;
    };
  },
  "node-dingtalk, with a JSON body of numbers": async ({ url }) => {
    const DingTalk = require("node-dingtalk");
    const { client } = new DingTalk({ corpid: "key", corpsecret: "canary", host: url });
    return async (path, fields) => client.post(path.slice(1), fields);
  },
  "fetch, with a form that has the token": async ({ url }) => {
    const issued = (await fetch(`${url}/gettoken?appkey=key&appsecret=canary`)).json() as Promise<Answer>;
    const { access_token } = await issued;
    return async (path, fields) => {
      const body = new URLSearchParams({ ...(fields as Record<string, string>), access_token });
      return (await (await fetch(`${url}${path}`, { method: "POST", body })).json()) as Answer;
    };
  },
  "openapi-fetch without types, with its own form": async ({ url }) => {
    // biome-ignore lint/suspicious/noExplicitAny: a program without the types of the description
    const client = createFetchClient<any>({ baseUrl: url });
    const { data } = await client.GET("/gettoken", { params: { query: { appkey: "key", appsecret: "canary" } } });
    const params = { query: { access_token: data.access_token } };
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    return async (path, body) => (await client.POST(path, { params, headers, body })).data;
  },
};

describe.each(Object.entries(clients))("%s", (_, connect) => {
  test("can create, page through 450 role groups, give, take and delete", async () => {
    const roleGroups = Array.from({ length: 449 }, (_, index) => `Group ${index}`);
    await using mock = await startMock({ mode: "gateway", memory: { organization: { roleGroups } } });
    const post = await connect(mock);
    const { groupId } = await post("/role/add_role_group", { name: "Group 449" });

    const rows: Answer["result"]["list"] = [];
    for (let page = 0, hasMore = true; hasMore && page < 5; page++) {
      const { result } = await post("/topapi/role/list", { size: 200, offset: rows.length });
      rows.push(...result.list);
      hasMore = result.hasMore;
    }
    expect(rows.map(({ name }) => name)).toEqual([...roleGroups, "Group 449"]);
    expect(rows.at(-1)).toEqual({ groupId, name: "Group 449" });

    const { roleId } = await post("/role/add_role", { groupId, roleName: "worker" });
    await post("/topapi/role/addrolesforemps", { roleIds: roleId, userIds: "user1,user2" });
    const members = await post("/topapi/role/simplelist", { role_id: roleId, size: 20, offset: 0 });
    expect(members.result.list).toMatchObject([{ userid: "user1" }, { userid: "user2" }]);
    await post("/topapi/role/removerolesforemps", { roleIds: String(roleId), userIds: "user1,user2" });
    expect(String((await post("/topapi/role/deleterole", { role_id: roleId })).errcode)).toBe("0");
    expect(mock.organization().roleGroups.at(-1)).toEqual({ id: groupId, name: "Group 449", roles: [] });
    expect(mock.requests.flatMap(({ violations }) => violations)).toEqual([]);
  });
});
