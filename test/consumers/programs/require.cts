// CommonJS in TypeScript that requires the packages: from 5.8 as ES modules, as Node does; before as CommonJS.
import { ApiError, createClient } from "@dingrole/client";
import { errorCodes } from "@dingrole/client/error-codes";
import { createClient as createNodeClient } from "@dingrole/client/node";

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
