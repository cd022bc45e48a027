import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createClient } from "./create-client.ts";
import { operations } from "./generated/operations.ts";
import { canary, created, observedClient } from "./observed-client.test-helper.ts";

test("region and baseUrl choose the host", async () => {
  const china = observedClient([created], { region: "china" });
  await china.client.addRoleGroup({ name: "a" });
  expect(china.requests[0]?.url.origin).toBe("https://oapi.dingtalk.com");
  const proxy = observedClient([created], { baseUrl: "https://example.com/proxy/" });
  await proxy.client.addRoleGroup({ name: "a" });
  expect(proxy.requests[0]?.url.href).toMatch(/^https:\/\/example\.com\/proxy\/role\/add_role_group\?/);
});

test("the client object shows no secret", () => {
  const { client } = observedClient();
  const { client: app } = observedClient([created], { appKey: "key", appSecret: canary });
  for (const each of [client, app]) {
    expect(inspect(each, { showHidden: true, depth: Infinity }) + JSON.stringify(each)).not.toContain("canary");
    expect(Object.keys(each)).toEqual(Object.keys(operations));
  }
});

test("createClient ignores the index that array.map passes", async () => {
  const fetch = async () => Response.json(created);
  const [, second] = ["a", "b"].map((accessToken) => ({ accessToken, fetch })).map(createClient);
  expect(await second?.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
});
