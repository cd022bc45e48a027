/** The operations for roles and their members, with a memory. */
import { getHttpOperationsFromSpec } from "@stoplight/prism-http";
import { validateOutput } from "@stoplight/prism-http/dist/validator/index.js";
import { describe, expect, test } from "vitest";
import { operations, tokenParameter } from "./generated/api.ts";
import openapi from "./generated/openapi.json" with { type: "json" };
import { createMock, type GatewayOptions, type MemoryOptions, type Mock, type OperationId } from "./index.ts";

type Input = Readonly<Record<string, string | number>>;

/** The fields of all answers. A problem report has a `status`. */
interface Answer {
  errcode: number | string;
  status?: number;
  groupId: number;
  roleId: number;
  role_group: unknown;
  result: { hasMore: boolean; list: { name: string }[] };
}

const described = await getHttpOperationsFromSpec(structuredClone(openapi));

/** Calls an operation. Its answer must be valid in the description. */
async function call(mock: Mock, id: OperationId, input: Input, encode = toForm) {
  const url = `http://mock${operations[id]?.path}?${tokenParameter}=t`;
  const response = await mock.fetch(url, { method: "POST", ...encode(input) });
  const body = await response.json();
  if (response.status === 200) {
    const resource = described.find(({ path }) => path === operations[id]?.path) as (typeof described)[number];
    const element = { statusCode: 200, headers: { "content-type": "application/json" }, body };
    expect(validateOutput({ resource, element })).toMatchObject({ _tag: "Right" });
  }
  return body as Answer;
}

function toForm(input: Input) {
  const body = String(new URLSearchParams(input as Record<string, string>));
  return { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body };
}

function toJson(input: object) {
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(input) };
}

/** A mock in gateway mode for any token, with a closed role group, and one with the roles 11 and 12. */
function createOrganization(more: GatewayOptions = {}, organization: MemoryOptions["organization"] = {}) {
  const roleGroups = [
    { id: 1, name: "默认", isClosed: true, roles: [{ id: 2, name: "主管", members: ["user1"] }] },
    {
      id: 10,
      name: "factory",
      roles: [
        { id: 11, name: "worker", members: ["user1"] },
        { id: 12, name: "guest" },
      ],
    },
  ];
  return createMock({
    mode: "gateway",
    tokens: false,
    memory: { organization: { roleGroups, ...organization } },
    ...more,
  });
}

const listOf = async (mock: Mock, input: Input = {}) => (await call(mock, "listRoles", input)).result;
const membersOf = async (mock: Mock, role: number) =>
  (await call(mock, "listRoleMembers", { role_id: role })).result.list;

test("a role is created, listed, found, renamed, given, taken and deleted", async () => {
  const mock = await createMock({ memory: { organization: { roleGroups: [] } } });
  const { groupId } = await call(mock, "addRoleGroup", { name: "factory" });
  expect(await listOf(mock)).toEqual({ hasMore: false, list: [{ groupId, name: "factory" }] });
  expect(await call(mock, "getRoleGroup", { group_id: groupId })).toMatchObject({
    role_group: { group_name: "factory" },
  });
  const { roleId } = await call(mock, "addRole", { roleName: "worker", groupId });
  expect(await listOf(mock)).toEqual({
    hasMore: false,
    list: [{ groupId, name: "factory", roles: [{ id: roleId, name: "worker" }] }],
  });
  await call(mock, "updateRole", { roleId, roleName: "engineer" });
  expect(await call(mock, "getRole", { roleId })).toMatchObject({ errcode: 0, role: { groupId, name: "engineer" } });
  expect(await call(mock, "getRoleGroup", { group_id: groupId })).toMatchObject({
    role_group: { group_name: "factory", roles: [{ role_id: roleId, role_name: "engineer" }] },
  });
  await call(mock, "addRolesForMembers", { roleIds: roleId, userIds: "user1" });
  expect(await membersOf(mock, roleId)).toEqual([{ userid: "user1", name: "user1" }]);
  await call(mock, "removeRolesForMembers", { roleIds: roleId, userIds: "user1" });
  expect(await membersOf(mock, roleId)).toEqual([]);
  expect(String((await call(mock, "deleteRole", { role_id: roleId })).errcode)).toBe("0");
  expect(await listOf(mock)).toEqual({ hasMore: false, list: [{ groupId, name: "factory" }] });
});

test("a role group without roles has no field for them", async () => {
  const mock = await createMock({ memory: { organization: { roleGroups: [{ id: 7, name: "empty" }] } } });
  expect((await listOf(mock)).list).toEqual([{ groupId: 7, name: "empty" }]);
  expect((await call(mock, "getRoleGroup", { group_id: 7 })).role_group).toEqual({ group_name: "empty" });
});

test.each<[string, OperationId, Input, number]>([
  ["a role in an unknown role group", "addRole", { roleName: "a", groupId: 99 }, 34020],
  ["a role in the group of a role's id", "addRole", { roleName: "a", groupId: 11 }, 34020],
  ["a second role of the same name", "addRole", { roleName: "worker", groupId: 10 }, 34021],
  ["a role without a name", "addRole", { groupId: 10 }, 34018],
  ["a role without a role group", "addRole", { roleName: "a" }, 34018],
  ["an unknown role to rename", "updateRole", { roleId: 99, roleName: "a" }, 33011],
  ["a role group's id to rename", "updateRole", { roleId: 10, roleName: "a" }, 33011],
  ["a role of the closed group to rename", "updateRole", { roleId: 2, roleName: "a" }, 40035],
  ["a role without its new name", "updateRole", { roleId: 11 }, 660000],
  ["an unknown role to delete", "deleteRole", { role_id: 99 }, 33011],
  ["a role of the closed group to delete", "deleteRole", { role_id: 2 }, 23004],
  ["a role to delete that a member has", "deleteRole", { role_id: 11 }, 40035],
  ["an unknown role", "getRole", { roleId: 99 }, 33011],
  ["an unknown role group", "getRoleGroup", { group_id: 99 }, 400002],
  ["the members of an unknown role", "listRoleMembers", { role_id: 99 }, 33011],
  ["an unknown role to give", "addRolesForMembers", { roleIds: "11,99", userIds: "user1" }, 33011],
  ["a role of the closed group to give", "addRolesForMembers", { roleIds: "12,2", userIds: "user2" }, 40035],
  ["an unknown role to take", "removeRolesForMembers", { roleIds: "99", userIds: "user1" }, 33011],
  ["the scope of an unknown role", "updateRoleScope", { userid: "user1", role_id: 99 }, 60301],
  ["the scope of a user without the role", "updateRoleScope", { userid: "user2", role_id: 11 }, 400002],
  ["a size of 0", "listRoles", { size: 0, offset: 0 }, 40069],
  ["a size beyond the maximum", "listRoles", { size: 201, offset: 0 }, 40069],
  ["a size beyond the maximum for members", "listRoleMembers", { role_id: 11, size: 101, offset: 0 }, 40069],
  ["a size that is not a number", "listRoles", { size: "all", offset: 0 }, 40069],
  ["a negative offset", "listRoles", { size: 20, offset: -1 }, 40068],
  ["an offset that is not a number", "listRoleMembers", { role_id: 11, size: 20, offset: "x" }, 40068],
])("%s: %s refuses %j with %i, and changes nothing", async (_, id, input, errcode) => {
  const mock = await createOrganization();
  const before = mock.organization();
  expect(await call(mock, id, input)).toMatchObject({ errcode });
  expect(mock.organization()).toEqual(before);
});

test("only the role group that is closed refuses changes of its roles; it takes new roles, and its roles can be taken", async () => {
  const mock = await createMock({ memory: true });
  const [closed, open] = mock.organization().roleGroups;
  await call(mock, "deleteRole", { role_id: open?.roles[0]?.id as number });
  await call(mock, "updateRole", { roleId: open?.roles[1]?.id as number, roleName: "a" });
  await call(mock, "addRole", { groupId: closed?.id as number, roleName: "b" });
  const [first, second] = mock.organization().roleGroups;
  expect(second?.roles.map(({ name }) => name)).toEqual(["a", ...(open?.roles.slice(2).map(({ name }) => name) ?? [])]);
  expect(first?.roles.at(-1)).toMatchObject({ name: "b" });
  const taken = { roleIds: closed?.roles[0]?.id as number, userIds: "user1" };
  expect(await call(mock, "removeRolesForMembers", taken)).toMatchObject({ errcode: 0 });
});

describe("names of roles", () => {
  test("are taken in one role group only", async () => {
    const mock = await createOrganization();
    const { groupId } = await call(mock, "addRoleGroup", { name: "office" });
    expect(await call(mock, "addRole", { roleName: "worker", groupId })).toMatchObject({ errcode: 0 });
  });

  test("make the second arrival of a create fail", async () => {
    const mock = await createOrganization();
    mock.next("duplicate");
    expect(await call(mock, "addRole", { roleName: "engineer", groupId: 10 })).toMatchObject({ errcode: 34021 });
    expect(mock.organization().roleGroups[1]?.roles.map(({ name }) => name)).toEqual(["worker", "guest", "engineer"]);
  });

  test("can be set to the present name, and to that of another role", async () => {
    const mock = await createOrganization();
    for (const roleName of ["worker", "guest"])
      expect(await call(mock, "updateRole", { roleId: 11, roleName })).toMatchObject({ errcode: 0 });
    const refuses = { updateRole: { taken: "emptyParameter" } } as const;
    const roles = [{ id: 1, name: "worker" }, "guest"];
    const strict = await createMock({
      memory: { organization: { roleGroups: [{ name: "factory", roles }] }, refuses },
    });
    expect(await call(strict, "updateRole", { roleId: 1, roleName: "worker" })).toMatchObject({ errcode: 0 });
    expect(await call(strict, "updateRole", { roleId: 1, roleName: "guest" })).toMatchObject({ errcode: 660000 });
  });
});

describe("members", () => {
  test("get each of the roles, keep them if they are given again, and lose them together", async () => {
    const mock = await createOrganization();
    const input = { roleIds: "11,12", userIds: "user1,user2" };
    for (let round = 0; round < 2; round++) {
      expect(await call(mock, "addRolesForMembers", input)).toMatchObject({ errcode: 0 });
      for (const role of [11, 12])
        expect(await membersOf(mock, role)).toMatchObject([{ userid: "user1" }, { userid: "user2" }]);
    }
    expect(await call(mock, "removeRolesForMembers", { ...input, userIds: "user1,user3" })).toMatchObject({
      errcode: 0,
    });
    for (const role of [11, 12]) expect(await membersOf(mock, role)).toMatchObject([{ userid: "user2" }]);
  });

  test("have a scope that a second one replaces, and that none widens to all departments", async () => {
    const mock = await createOrganization();
    const scope = (more: Input) => call(mock, "updateRoleScope", { userid: "user1", role_id: 11, ...more });
    await scope({ dept_ids: "1,2" });
    const departments = [1, 2].map((id) => ({ dept_id: id, name: String(id) }));
    expect(await membersOf(mock, 11)).toEqual([{ userid: "user1", name: "user1", manageScopes: departments }]);
    await call(mock, "addRolesForMembers", { roleIds: 11, userIds: "user1" });
    expect(await membersOf(mock, 11), "giving again").toMatchObject([{ manageScopes: departments }]);
    await scope({ dept_ids: 3 });
    expect(await membersOf(mock, 11)).toMatchObject([{ manageScopes: [{ dept_id: 3 }] }]);
    expect(mock.organization().roleGroups[1]?.roles[0]?.members).toEqual([{ user: "user1", departments: [3] }]);
    await scope({});
    expect(await membersOf(mock, 11)).toEqual([{ userid: "user1", name: "user1" }]);
  });

  test.each<[string, MemoryOptions["organization"]]>([
    ["every id exists", {}],
    ["the options list them", { users: [{ id: 7 }], departments: ["8"] }],
  ])("have ids of the API's types, even if the options have others; %s", async (_, given) => {
    const members = [{ user: 7, departments: ["8"] }];
    const roleGroups = [{ name: "factory", roles: [{ id: 11, name: "worker", members }] }];
    const mock = await createOrganization({}, { ...given, roleGroups });
    const found = { userid: "7", name: "7", manageScopes: [{ dept_id: 8, name: "8" }] };
    expect(await membersOf(mock, 11)).toEqual([found]);
    await call(mock, "removeRolesForMembers", { roleIds: 11, userIds: "7" });
    expect(await membersOf(mock, 11)).toEqual([]);
  });

  test.each(["strict", "gateway"] as const)(
    "have a scope that an empty list does not change, in %s mode",
    async (mode) => {
      const mock = await createOrganization({ mode });
      const before = mock.organization();
      for (const encode of mode === "strict" ? [toForm] : [toForm, toJson]) {
        const answer = await call(mock, "updateRoleScope", { userid: "user1", role_id: 11, dept_ids: "" }, encode);
        const strict = { status: 422, detail: "Request body property dept_ids must NOT have fewer than 1 items" };
        expect(answer).toMatchObject(mode === "strict" ? strict : { errcode: 400002 });
      }
      expect(mock.organization()).toEqual(before);
    },
  );

  test("keep a role from being deleted until they lose it; after that it does not exist", async () => {
    const mock = await createOrganization();
    const remove = async () => String((await call(mock, "deleteRole", { role_id: 11 })).errcode);
    expect(await remove()).toBe("40035");
    await call(mock, "removeRolesForMembers", { roleIds: 11, userIds: "user1" });
    expect([await remove(), await remove()]).toEqual(["0", "33011"]);
  });

  test("are users of a list, if there is one, and have their names", async () => {
    const users = [{ id: "user1", name: "张三" }, "user2"];
    const departments = [{ id: 1, name: "纪检部" }];
    const mock = await createOrganization({}, { users, departments });
    await call(mock, "updateRoleScope", { userid: "user1", role_id: 11, dept_ids: 1 });
    expect(await membersOf(mock, 11)).toEqual([
      { userid: "user1", name: "张三", manageScopes: [{ dept_id: 1, name: "纪检部" }] },
    ]);
    const before = mock.organization();
    const give = { roleIds: "12", userIds: "user2,user3" };
    expect(await call(mock, "addRolesForMembers", give), "all or nothing").toMatchObject({ errcode: 33012 });
    expect(await call(mock, "removeRolesForMembers", { ...give, roleIds: 11 })).toMatchObject({ errcode: 33012 });
    const scope = { userid: "user1", role_id: 11 };
    expect(await call(mock, "updateRoleScope", { ...scope, userid: "user3" })).toMatchObject({ errcode: 40003 });
    expect(await call(mock, "updateRoleScope", { ...scope, dept_ids: "1,2" })).toMatchObject({ errcode: 60003 });
    expect(mock.organization()).toEqual(before);
  });
});

describe("pages of role groups", () => {
  const groups = (count: number) => Array.from({ length: count }, (_, index) => `Group ${index}`);
  const createGroups = (count: number) => createMock({ memory: { organization: { roleGroups: groups(count) } } });

  test.each([0, 1, 199, 200, 201, 450])("of %i have each once, in pages of 200", async (count) => {
    const mock = await createGroups(count);
    const found: string[] = [];
    let page = await listOf(mock, { size: 200, offset: 0 });
    for (let calls = 1; page.hasMore; calls++) {
      expect(page.list).toHaveLength(200);
      expect(calls).toBeLessThan(4);
      found.push(...page.list.map(({ name }) => name));
      page = await listOf(mock, { size: 200, offset: found.length });
    }
    expect([...found, ...page.list.map(({ name }) => name)]).toEqual(groups(count));
  });

  test.each<[Input, number, boolean]>([
    [{}, 20, true],
    [{ size: 5 }, 20, true],
    [{ offset: 5 }, 20, true],
    [{ size: 5, offset: 5 }, 5, true],
    [{ size: 5, offset: 20 }, 5, false],
    [{ size: 5, offset: 23 }, 2, false],
    [{ size: 5, offset: 25 }, 0, false],
    [{ size: 5, offset: 1000 }, 0, false],
  ])("%j has %i rows, and more: %j", async (input, rows, hasMore) => {
    const page = await listOf(await createGroups(25), input);
    expect([page.list.length, page.hasMore]).toEqual([rows, hasMore]);
    const from = Object.keys(input).length === 2 ? Number(input.offset) : 0;
    expect(page.list[0]?.name).toBe(groups(25)[from]);
  });

  test("have all roles of each group: the size counts groups", async () => {
    const roles = groups(300);
    const mock = await createMock({ memory: { organization: { roleGroups: [{ name: "a", roles }, "b"] } } });
    const { list } = await listOf(mock, { size: 1, offset: 0 });
    expect(list).toMatchObject([{ name: "a", roles: roles.map((name) => ({ name })) }]);
  });

  test("have the members of a role in the same way", async () => {
    const members = groups(45);
    const roleGroups = [{ name: "a", roles: [{ id: 5, name: "b", members }] }];
    const mock = await createMock({ memory: { organization: { roleGroups } } });
    const page = await call(mock, "listRoleMembers", { role_id: 5, size: 20, offset: 40 });
    expect(page.result).toMatchObject({ hasMore: false, list: members.slice(40).map((userid) => ({ userid })) });
  });
});

/** In strict mode a problem report refuses, in gateway mode an errcode. */
const isRefused = (answer: Answer) => answer.status === 422 || String(answer.errcode) !== "0";
const many = (count: number) => Array.from({ length: count }, (_, index) => `user${index}`).join();

describe.each(["strict", "gateway"] as const)("a list in %s mode", (mode) => {
  const rawForm = (body: string) => () => ({ ...toForm({}), body });
  test.each<[string, () => ReturnType<typeof toForm>, string[] | undefined]>([
    ["in a form", () => toForm({ roleIds: "12", userIds: "a,b" }), ["a", "b"]],
    ["with commas as they are", rawForm("roleIds=12&userIds=a,b"), ["a", "b"]],
    ["with commas and a reserved character", rawForm("roleIds=12&userIds=a%2Cb%26c"), ["a", "b&c"]],
    ["with spaces as plus", rawForm("roleIds=12&userIds=a+b,c"), ["a b", "c"]],
    ["of the maximum", () => toForm({ roleIds: "12", userIds: many(20) }), many(20).split(",")],
    ["beyond the maximum", () => toForm({ roleIds: "12", userIds: many(21) }), undefined],
    ["with an item twice", () => toForm({ roleIds: "12", userIds: "a,a" }), undefined],
    ["with an empty item", () => toForm({ roleIds: "12", userIds: "a,,b" }), undefined],
    ["without an item", () => toForm({ roleIds: "12", userIds: "" }), undefined],
    ["with a text instead of a number", () => toForm({ roleIds: "12,x", userIds: "a" }), undefined],
    ["in two fields", rawForm("roleIds=12&userIds=a&userIds=b"), undefined],
  ])("%s", async (_, encode, users) => {
    const mock = await createOrganization({ mode });
    const answer = await call(mock, "addRolesForMembers", {}, encode);
    expect(isRefused(answer)).toBe(users === undefined);
    expect(mock.organization().roleGroups[1]?.roles[1]?.members.map(({ user }) => user)).toEqual(users ?? []);
    if (!users) expect(mock.requests[0]?.violations).not.toEqual([]);
  });
});

test.each<[string, object, string[] | undefined]>([
  ["a text with commas", { roleIds: "12", userIds: "a,b" }, ["a", "b"]],
  ["a number for one id", { roleIds: 12, userIds: "a" }, ["a"]],
  ["an array", { roleIds: [12], userIds: "a" }, undefined],
])("a list in a JSON body is %s in gateway mode", async (_, input, users) => {
  const mock = await createOrganization();
  const answer = await call(mock, "addRolesForMembers", {}, () => toJson(input));
  expect(isRefused(answer)).toBe(users === undefined);
  expect(mock.organization().roleGroups[1]?.roles[1]?.members.map(({ user }) => user)).toEqual(users ?? []);
  if (!users)
    expect(mock.requests[0]?.violations).toEqual([
      "body.roleIds must be of type string (with commas between the items) or number, not array",
    ]);
});
