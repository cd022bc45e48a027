// CommonJS in TypeScript, for the compilers that know that Node requires ES modules: from 5.8 on.
import { ApiError, createClient } from "@dingrole/client";
import { errorCodes } from "@dingrole/client/error-codes";

const client = createClient({ appKey: "key", appSecret: "secret" });

export async function create(name: string): Promise<string | number> {
  try {
    return (await client.addRoleGroup({ name })).groupId;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return errorCodes.get(error.errcode)?.meaning ?? error.category;
  }
}
