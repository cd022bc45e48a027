import { createClient } from "@dingrole/client";
import { createMock } from "@dingrole/mock";
import { expect, test } from "vitest";

test("the mock accepts the token of `clientOptions`; after `expireTokens` it refuses that token, and the next one is new", async () => {
  const mock = await createMock({ mode: "gateway" });
  const client = createClient({ ...mock.clientOptions, rate: false });
  expect(await client.addRoleGroup({ name: "制造部" })).toEqual({ groupId: 1560985325 });
  mock.expireTokens();
  expect(await client.addRoleGroup({ name: "制造部" })).toEqual({ groupId: 1560985326 });
  expect(mock.requests.map(({ example }) => example)).toEqual(["created", "expiredToken", "created"]);
});

test("a client with the app's secret gets a new token after the mock has expired the old one", async () => {
  const mock = await createMock({ mode: "gateway" });
  const { fetch, baseUrl } = mock.clientOptions;
  const client = createClient({ appKey: "key", appSecret: "secret", fetch, baseUrl });
  await client.addRoleGroup({ name: "a" });
  mock.expireTokens();
  await client.addRoleGroup({ name: "b" });
  expect(mock.requests.map(({ operation, example }) => `${operation} ${example}`)).toEqual([
    "getToken issued",
    "addRoleGroup created",
    "addRoleGroup expiredToken",
    "getToken issued",
    "addRoleGroup created",
  ]);
});
