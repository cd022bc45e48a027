/** `paginate` and `callInBatches` on the mock's memory: everything that they need of the API is in the description. */
import { createClient } from "@dingrole/client";
import { type Batch, BatchesError, callInBatches } from "@dingrole/client/batches";
import { paginate } from "@dingrole/client/paginate";
import { createMock, type MemoryOptions } from "@dingrole/mock";
import { expect, test } from "vitest";

type Organization = NonNullable<MemoryOptions["organization"]>;

/** A client of an organization, and the operations that were called. */
async function clientOf(organization: Organization) {
  const mock = await createMock({ memory: { organization } });
  const client = createClient({ ...mock.clientOptions, rate: false, retries: 0 });
  const calls = () => {
    for (const { violations } of mock.requests) expect(violations).toEqual([]);
    return mock.requests.map(({ operation }) => operation);
  };
  return { client, calls };
}

async function collect<Row>(rows: AsyncIterable<Row>, work: (count: number) => unknown = () => {}): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) await work(all.push(row));
  return all;
}

const namesUpTo = (count: number) => Array.from({ length: count }, (_, index) => `name ${index + 1}`);

test.each([
  [0, 1],
  [1, 1],
  [199, 1],
  [200, 1],
  [201, 2],
  [450, 3],
])("%i role groups are listed in %i calls, each once", async (count, pages) => {
  const { client, calls } = await clientOf({ roleGroups: namesUpTo(count) });
  const groups = await collect(paginate(client, "listRoles", {}, { prefetch: count % 2 === 0 }));
  expect(groups.map(({ name }) => name).toSorted()).toEqual(namesUpTo(count).toSorted());
  expect(new Set(groups.map(({ groupId }) => groupId)).size).toBe(count);
  expect(calls()).toEqual(Array.from({ length: pages }, () => "listRoles"));
});

test("role groups that are created during the walk come, too", async () => {
  const { client } = await clientOf({ roleGroups: namesUpTo(450) });
  const rows = paginate(client, "listRoles");
  const groups = await collect(rows, (count) => count % 100 === 0 && client.addRoleGroup({ name: `new ${count}` }));
  expect(groups.map(({ name }) => name).filter((name) => name.startsWith("new"))).toEqual([
    "new 100",
    "new 200",
    "new 300",
    "new 400",
  ]);
});

/** An organization with a role that nobody holds. */
async function withRole(organization: Organization = {}) {
  const { client, calls } = await clientOf({ ...organization, roleGroups: ["制造部"] });
  const [group] = await collect(paginate(client, "listRoles"));
  const { roleId } = await client.addRole({ roleName: "质检员", groupId: group?.groupId ?? 0 });
  const membersOf = async (work?: (count: number) => unknown) =>
    (await collect(paginate(client, "listRoleMembers", { role_id: roleId }), work)).map(({ userid }) => userid);
  return { client, calls, roleId, membersOf };
}

const usersUpTo = (count: number) => Array.from({ length: count }, (_, index) => `user${index + 1}`);

test("250 users get a role in 13 batches, are listed in 3 pages, and lose it in 3 batches", async () => {
  const { client, calls, roleId, membersOf } = await withRole();
  const input = { roleIds: [roleId], userIds: usersUpTo(250) };
  expect(await callInBatches(client, "addRolesForMembers", input)).toHaveLength(13);
  expect((await membersOf()).toSorted()).toEqual(input.userIds.toSorted());
  expect(await callInBatches(client, "removeRolesForMembers", input)).toHaveLength(3);
  expect(await membersOf()).toEqual([]);
  expect(calls().filter((id) => id === "listRoleMembers")).toHaveLength(4);
});

test("a member that loses the role during the walk, on a page that was read, makes the walk miss the next", async () => {
  const { client, roleId, membersOf } = await withRole();
  const input = { roleIds: [roleId], userIds: usersUpTo(250) };
  await callInBatches(client, "addRolesForMembers", input);
  const before = await membersOf();
  const take = () => client.removeRolesForMembers({ roleIds: [roleId], userIds: before.slice(0, 1) });
  expect(await membersOf((count) => count === 50 && take())).toEqual(before.toSpliced(100, 1));
  expect(await membersOf()).toEqual(before.slice(1));
});

test("a batch with an unknown user ends the work, which goes on when the user is there no more", async () => {
  const { client, roleId, membersOf } = await withRole({ users: usersUpTo(50) });
  const userIds = usersUpTo(50).toSpliced(30, 0, "unknown");
  const error = await callInBatches(client, "addRolesForMembers", { roleIds: [roleId], userIds }).catch((each) => each);
  expect(error).toBeInstanceOf(BatchesError);
  const batches: Batch<"addRolesForMembers">[] = error.batches;
  expect(batches.map(({ status }) => status)).toEqual(["applied", "unknown", "not-sent"]);
  const corrected = batches.map((batch) => ({
    ...batch,
    input: { ...batch.input, userIds: batch.input.userIds.filter((user) => user !== "unknown") },
  }));
  await callInBatches(client, "addRolesForMembers", corrected);
  expect((await membersOf()).toSorted()).toEqual(usersUpTo(50).toSorted());
});
