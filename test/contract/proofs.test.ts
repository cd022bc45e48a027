import { createClient } from "@dingrole/client";
import { createClient as createFetchClient } from "@dingrole/client/openapi-fetch";
import { createMock } from "@dingrole/mock";
import { expect, onTestFinished, test, vi } from "vitest";

/** A role in the memory of a mock, and both entries of the client. The client resends without a wait. */
async function createRole() {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  onTestFinished(() => random.mockRestore());
  const mock = await createMock({ memory: true });
  const client = createClient(mock.clientOptions);
  const { groupId } = await client.addRoleGroup({ name: "a" });
  const { roleId: role_id } = await client.addRole({ groupId, roleName: "b" });
  const fetchClient = createFetchClient(mock.clientOptions);
  const ways = {
    method: () => client.deleteRole({ role_id }),
    "openapi-fetch": async () => {
      const { data } = await fetchClient.POST("/topapi/role/deleterole", { body: { role_id } });
      return { errcode: data.errcode };
    },
  };
  return { mock, ways };
}

test.each([
  ["method", {}],
  ["openapi-fetch", { errcode: 0 }],
] as const)("%s: a delete whose answer is lost succeeds, and a second delete fails", async (entry, result) => {
  const { mock, ways } = await createRole();
  const sent = mock.requests.length;
  mock.next("commit:status:503");
  expect(await ways[entry]()).toEqual(result);
  expect(mock.requests.length).toBe(sent + 2);
  await expect(ways[entry]()).rejects.toMatchObject({ errcode: 33011, outcome: "not-executed" });
});

test.each(["method", "openapi-fetch"] as const)(
  "%s: a delete that was lost before it was carried out is repeated",
  async (entry) => {
    const { mock, ways } = await createRole();
    mock.next("busy");
    await ways[entry]();
    await expect(ways[entry]()).rejects.toMatchObject({ errcode: 33011 });
  },
);
