/** Clients of other authors can call the mock in gateway mode, as they call DingTalk. */
import { createRequire } from "node:module";
import { fingerprint, startMock } from "@dingrole/mock";
import { expect, test } from "vitest";

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
