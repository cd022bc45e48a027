/** A program that every TypeScript from 5.4 to 7 must compile. */
import { type AddRoleGroupResult, ApiError, type ClientOptions, createClient, createLimiter } from "@dingrole/client";
import { BatchesError, callInBatches } from "@dingrole/client/batches";
import { type EnsureOptions, ensureRole, ensureRoleGroup } from "@dingrole/client/ensure";
import { errorCodes } from "@dingrole/client/error-codes";
import { createClient as createNodeClient } from "@dingrole/client/node";
import { createClient as createFetchClient } from "@dingrole/client/openapi-fetch";
import { paginate, type Row } from "@dingrole/client/paginate";
import type { components, paths } from "@dingrole/types";

const options: ClientOptions = { appKey: "a", appSecret: "b", limiter: createLimiter(20), onEvent: ({ type }) => type };
const client = createClient(options);
export const nodeClient = createNodeClient({ ...options, timeout: false });

export async function create(
  name: string,
): Promise<AddRoleGroupResult | components["schemas"]["ErrorEnvelope"]["errcode"]> {
  try {
    const { result, headers } = await client.addRoleGroup({ name }, { withResponse: true });
    return headers.has("x") ? result : await client.addRoleGroup({ name });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return errorCodes.get(error.errcode)?.action ? error.errcode : 0;
  }
}

export async function createByPath(name: string): Promise<number> {
  const fetchClient = createFetchClient({ accessToken: "a", headers: { a: 1 } });
  fetchClient.use({ onRequest: ({ request }) => request.headers.set("b", "2") });
  const { data, response } = await fetchClient.POST("/role/add_role_group", { body: { name } });
  return response.ok ? data.groupId : 0;
}

export async function giveToMembers(role_id: number, roleIds: number[]): Promise<Row<"listRoles">[]> {
  const userIds: string[] = [];
  const groups: Row<"listRoles">[] = [];
  for await (const { userid } of paginate(client, "listRoleMembers", { role_id }, { prefetch: true }))
    userIds.push(userid);
  for await (const group of paginate(nodeClient, "listRoles")) groups.push(group);
  try {
    await callInBatches(client, "addRolesForMembers", { roleIds, userIds }, { onBatch: ({ status }) => status });
  } catch (error) {
    if (error instanceof BatchesError) await callInBatches(client, "addRolesForMembers", error.batches);
  }
  return groups;
}

export async function ensureService(name: string, options: EnsureOptions): Promise<number> {
  const { groupId, status } = await ensureRoleGroup(nodeClient, { name }, { ...options, duplicates: "lowest" });
  return status === "existed" ? groupId : (await ensureRole(client, { groupId, roleName: "Service" })).roleId;
}

export type Path = keyof paths;
