/** A call is carried out and its answer is lost. A create is not sent again; an idempotent call is, and it succeeds. */
import type { Client } from "@dingrole/client";
import { createClient as createFetchClient } from "@dingrole/client/openapi-fetch";
import { type MockServer, type Scenario, startMock } from "@dingrole/mock";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { errorOf, observeClient, transports } from "./observed-call.ts";

const roles = { held: 4956354841, free: 4956354842, renamed: 4956354843, limited: 4956354844 };
const organization = {
  roleGroups: [
    {
      id: 4956354840,
      name: "制造部",
      roles: [
        { id: roles.held, name: "held", members: ["user1"] },
        { id: roles.free, name: "free" },
        { id: roles.renamed, name: "renamed" },
        { id: roles.limited, name: "limited", members: ["user1"] },
      ],
    },
  ],
};

let mock: MockServer;
beforeEach(async () => {
  mock = await startMock({ memory: { organization } });
  // Short waits before a retry.
  vi.spyOn(Math, "random").mockReturnValue(0.01);
});
afterEach(() => mock.close());
afterEach(() => vi.restoreAllMocks());

/** A call of each operation that changes something. */
const writes = {
  addRoleGroup: (client: Client) => client.addRoleGroup({ name: "研发部" }),
  addRole: (client: Client) => client.addRole({ groupId: 4956354840, roleName: "added" }),
  updateRole: (client: Client) => client.updateRole({ roleId: roles.renamed, roleName: "new name" }),
  deleteRole: (client: Client) => client.deleteRole({ role_id: roles.free }),
  addRolesForMembers: (client: Client) => client.addRolesForMembers({ roleIds: [roles.renamed], userIds: ["user2"] }),
  removeRolesForMembers: (client: Client) =>
    client.removeRolesForMembers({ roleIds: [roles.held], userIds: ["user1"] }),
  updateRoleScope: (client: Client) =>
    client.updateRoleScope({ userid: "user1", role_id: roles.limited, dept_ids: [7] }),
};
type Write = keyof typeof writes;
const creates: Write[] = ["addRoleGroup", "addRole"];
const repeatable = (Object.keys(writes) as Write[]).filter((id) => !creates.includes(id));

const losses = [
  "resetAfterRead",
  "closeAfterRead",
  "stall",
  "cutBody",
  "cutChunkedBody",
  "unendedChunkedBody",
  "wrongLength",
  "notHttp",
  "oversizedBody",
  "gzipBomb",
  "cutGzip",
  "falseGzip",
  "emptyBody",
  "badUtf8",
  "badGateway",
  "busy",
  "busyWrapped",
  "status:500",
  "status:200",
] as const;

describe.each(transports)("%s", (_, createClient) => {
  const observe = (more = {}) => {
    const options = { accessToken: () => "t", baseUrl: mock.url, timeout: 2000, deadline: 10_000 };
    return observeClient(createClient, { ...options, rate: false, ...more });
  };
  const sentOf = (id: string) => mock.requests.filter(({ operation }) => operation === id).length;

  test.each(losses)("%s: each write is carried out once, and only creates are not sent again", async (loss) => {
    const { client, events } = observe(loss === "stall" && { timeout: 300 });
    for (const id of Object.keys(writes)) mock.next(`${id}:commit:${loss}` as Scenario);
    const outcomes = Object.entries(writes).map(async ([id, write]) => [id, (await errorOf(write(client)))?.outcome]);
    expect(Object.fromEntries(await Promise.all(outcomes))).toEqual({
      ...Object.fromEntries(creates.map((id) => [id, "unknown"])),
      ...Object.fromEntries(repeatable.map((id) => [id, undefined])),
    });
    expect(creates.map(sentOf)).toEqual(creates.map(() => 1));
    expect(repeatable.map(sentOf)).toEqual(repeatable.map(() => 2));

    const id = expect.any(Number);
    expect(mock.organization().roleGroups).toEqual([
      {
        id: 4956354840,
        name: "制造部",
        roles: [
          { id: roles.held, name: "held", members: [] },
          { id: roles.renamed, name: "new name", members: [{ user: "user2" }] },
          { id: roles.limited, name: "limited", members: [{ user: "user1", departments: [7] }] },
          { id, name: "added", members: [] },
        ],
      },
      { id, name: "研发部", roles: [] },
    ]);
    const proofs = events.flatMap((event) => (event.type === "attempt" && event.proof ? [event.proof] : []));
    expect(proofs).toMatchObject([{ operation: "deleteRole", errcode: 33011 }]);
  });

  test.each(repeatable)("%s: a request that is lost before it is carried out is sent again", async (id) => {
    mock.next(`${id}:closeAfterRead`);
    const before = JSON.stringify(mock.organization());
    await writes[id](observe().client);
    expect(sentOf(id)).toBe(2);
    expect(JSON.stringify(mock.organization())).not.toBe(before);
  });

  test.each<[string, Scenario[]]>([
    ["the first answer", []],
    ["the answer after a refused token", ["deleteRole:invalidTokenWrapped"]],
  ])("a delete of a role that does not exist is refused if 33011 is %s", async (_, scenarios) => {
    mock.next(...scenarios);
    const { client } = observe();
    const error = await errorOf(client.deleteRole({ role_id: 1 }));
    expect(error).toMatchObject({ name: "ApiError", errcode: 33011, outcome: "not-executed" });
    expect(sentOf("deleteRole")).toBe(scenarios.length + 1);
  });

  test("a refusal that does not prove the effect leaves the outcome of an earlier attempt unknown", async () => {
    mock.next("updateRole:closeAfterRead", "updateRole:invalidRole");
    const error = await errorOf(writes.updateRole(observe().client));
    expect(error).toMatchObject({ name: "ApiError", errcode: 33011, outcome: "unknown" });
    expect(sentOf("updateRole")).toBe(2);
  });
});

test("with openapi-fetch's interface, a delete whose resend answers 33011 is a success, too", async () => {
  mock.next("deleteRole:commit:closeAfterRead");
  const client = createFetchClient({ accessToken: "t", baseUrl: mock.url });
  const { data } = await client.POST("/topapi/role/deleterole", { body: { role_id: roles.free } });
  expect(data.errcode).toBe(0);
  expect(mock.requests.map(({ example }) => example)).toEqual([undefined, "invalidRole"]);
});
