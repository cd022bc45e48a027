import {
  type AddRolesForMembersInput,
  type Client,
  createClient,
  type ListRoleMembersResult,
  type ListRolesResult,
} from "@dingrole/client";
import { type Batch, BatchesError, type BatchesOptions, callInBatches } from "@dingrole/client/batches";
import {
  DuplicatesError,
  type EnsureOptions,
  type EnsureResult,
  type EnsureStatus,
  ensureRole,
  ensureRoleGroup,
  type Lock,
} from "@dingrole/client/ensure";
import { createClient as createNodeClient } from "@dingrole/client/node";
import { createClient as createFetchClient } from "@dingrole/client/openapi-fetch";
import { type PagedOperationId, type PaginateOptions, paginate, type Row } from "@dingrole/client/paginate";
import { expectTypeOf } from "vitest";

const client = createClient({ accessToken: "a" });

type Item<List> = NonNullable<List> extends Array<infer Each> ? Each : never;
type Group = Item<ListRolesResult["result"]["list"]>;
type Member = Item<ListRoleMembersResult["result"]["list"]>;

for await (const group of paginate(client, "listRoles")) {
  expectTypeOf(group).toEqualTypeOf<Group>();
  expectTypeOf(group.groupId).toEqualTypeOf<number>();
  // @ts-expect-error a group can lack its roles
  group.roles.length;
}
expectTypeOf(paginate(client, "listRoleMembers", { role_id: 1 })).toEqualTypeOf<
  AsyncGenerator<Member, void, undefined>
>();
expectTypeOf<Row<"listRoles">>().toEqualTypeOf<Group>();
expectTypeOf<"listRoles" | "listRoleMembers">().toExtend<PagedOperationId>();

paginate(client, "listRoles", {}, { pageSize: 1, prefetch: true, maxPages: 1, timeout: false });
paginate(client, "listRoles", undefined, { signal: AbortSignal.timeout(1), deadline: undefined });
paginate(createNodeClient({ accessToken: "a" }), "listRoles");
paginate({ listRoles: client.listRoles }, "listRoles");
declare const options: PaginateOptions;
declare const id: PagedOperationId;
paginate(client, id, { role_id: 1 }, options);

// @ts-expect-error addRoleGroup has no pages
paginate(client, "addRoleGroup");
// @ts-expect-error getRoleGroup has no pages
paginate(client, "getRoleGroup", { group_id: 1 });
// @ts-expect-error the input is required
paginate(client, "listRoleMembers");
// @ts-expect-error role_id is required
paginate(client, "listRoleMembers", {});
// @ts-expect-error role_id is a number
paginate(client, "listRoleMembers", { role_id: "1" });
// @ts-expect-error roleId is an unknown field
paginate(client, "listRoleMembers", { role_id: 1, roleId: 1 });
// @ts-expect-error name is an unknown field
paginate(client, "listRoles", { name: "a" });
// @ts-expect-error paginate sets the size: pageSize is the option
paginate(client, "listRoles", { size: 20 });
// @ts-expect-error paginate sets the offset
paginate(client, "listRoleMembers", { role_id: 1, offset: 20 });
// @ts-expect-error size is not an option
paginate(client, "listRoles", {}, { size: 20 });
// @ts-expect-error a page has no single answer
paginate(client, "listRoles", {}, { withResponse: true });
// @ts-expect-error the client of openapi-fetch has no methods
paginate(createFetchClient({ accessToken: "a" }), "listRoles");

const lists: AddRolesForMembersInput = { roleIds: [1], userIds: ["a"] };
expectTypeOf(callInBatches(client, "addRolesForMembers", lists)).resolves.toEqualTypeOf<
  Batch<"addRolesForMembers">[]
>();
callInBatches(client, "removeRolesForMembers", lists, {
  continueAfterFailure: true,
  onBatch: (batch, number, total) => {
    expectTypeOf(batch.input.userIds).toEqualTypeOf<string[]>();
    expectTypeOf([number, total]).toEqualTypeOf<number[]>();
  },
});
declare const batches: readonly Batch<"addRolesForMembers">[];
callInBatches(client, "addRolesForMembers", batches, {} as BatchesOptions<"addRolesForMembers">);
// @ts-expect-error: the batches belong to the opposite operation
callInBatches(client, "removeRolesForMembers", batches);
expectTypeOf<Batch["status"]>().toEqualTypeOf<"applied" | "not-applied" | "unknown" | "not-sent">();
const error = {} as unknown;
if (error instanceof BatchesError) expectTypeOf(error.batches).toExtend<readonly Batch[]>();

// @ts-expect-error updateRoleScope sets the whole scope, so it is never split
callInBatches(client, "updateRoleScope", { userid: "a", role_id: 1, dept_ids: [1] });
// @ts-expect-error addRole has no lists
callInBatches(client, "addRole", { roleName: "a", groupId: 1 });
// @ts-expect-error userIds is required
callInBatches(client, "addRolesForMembers", { roleIds: [1] });
// @ts-expect-error a role's id is a number
callInBatches(client, "addRolesForMembers", { roleIds: ["1"], userIds: ["a"] });
// @ts-expect-error userids is an unknown field
callInBatches(client, "addRolesForMembers", { ...lists, userids: ["a"] });
// @ts-expect-error concurrency is an unknown option
callInBatches(client, "addRolesForMembers", lists, { concurrency: 2 });

const group = await ensureRoleGroup(client, { name: "a" });
expectTypeOf(group.groupId).toEqualTypeOf<number>();
expectTypeOf(group.status).toEqualTypeOf<"existed" | "created" | "recovered">();
expectTypeOf<EnsureStatus>().toEqualTypeOf<"existed" | "created" | "recovered">();
expectTypeOf(group).toEqualTypeOf<EnsureResult<"roleGroup">>();
const role = await ensureRole({ listRoles: client.listRoles, addRole: client.addRole }, { groupId: 1, roleName: "a" });
expectTypeOf(role.roleId).toEqualTypeOf<number>();
const held: Lock<string> = { acquire: (key, ttl, signal) => `${key}${ttl}${signal.aborted}`, release(_: string) {} };
const all: EnsureOptions = { deadline: 1, timeout: false, looks: 1, pause: 1, creates: 1, duplicates: "lowest" };
ensureRoleGroup(createNodeClient({ accessToken: "a" }), { name: "a" }, { ...all, lock: held });
if (error instanceof DuplicatesError) expectTypeOf(error.ids).toEqualTypeOf<readonly number[]>();

// @ts-expect-error addRoleGroup is missing
ensureRoleGroup({ listRoles: client.listRoles }, { name: "a" });
// @ts-expect-error name is required
ensureRoleGroup(client, {});
// @ts-expect-error groupId is an unknown field
ensureRoleGroup(client, { name: "a", groupId: 1 });
// @ts-expect-error roleName is required
ensureRole(client, { groupId: 1 });
// @ts-expect-error the error or the lowest id
ensureRoleGroup(client, { name: "a" }, { duplicates: "highest" });
// @ts-expect-error an ensure has no single answer
ensureRoleGroup(client, { name: "a" }, { withResponse: true });
// @ts-expect-error a lock has a release
ensureRoleGroup(client, { name: "a" }, { lock: { acquire: () => 1 } });
// @ts-expect-error the client of openapi-fetch has no methods
ensureRoleGroup(createFetchClient({ accessToken: "a" }), { name: "a" });

expectTypeOf(client).toEqualTypeOf<Client>();
