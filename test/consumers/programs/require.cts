// CommonJS in TypeScript that requires the packages: from 5.8 as ES modules, as Node does; before as CommonJS.
import { ApiError, createClient } from "@dingrole/client";
import { BatchesError, callInBatches } from "@dingrole/client/batches";
import { DuplicatesError, ensureRoleGroup } from "@dingrole/client/ensure";
import { errorCodes } from "@dingrole/client/error-codes";
import { createClient as createNodeClient } from "@dingrole/client/node";
import { paginate } from "@dingrole/client/paginate";

export const nodeClient = createNodeClient({ accessToken: "6d1bxxxx" });
const client = createClient({ appKey: "key", appSecret: "secret" });

export async function create(name: string): Promise<string | number> {
  try {
    return (await client.addRoleGroup({ name })).groupId;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return errorCodes.get(error.errcode)?.meaning ?? error.category;
  }
}

export async function ensure(name: string): Promise<readonly number[]> {
  try {
    return [(await ensureRoleGroup(client, { name })).groupId];
  } catch (error) {
    if (!(error instanceof DuplicatesError)) throw error;
    return error.ids;
  }
}

export async function giveToAll(roleIds: number[]): Promise<number> {
  const userIds: string[] = [];
  for await (const { userid } of paginate(client, "listRoleMembers", { role_id: 1 })) userIds.push(userid);
  try {
    return (await callInBatches(nodeClient, "addRolesForMembers", { roleIds, userIds })).length;
  } catch (error) {
    if (!(error instanceof BatchesError)) throw error;
    return error.batches.filter(({ status }) => status === "applied").length;
  }
}
