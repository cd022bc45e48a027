import { ApiError, createClient } from "@dingrole/client";

const { DINGTALK_ACCESS_TOKEN = "", DINGTALK_BASE_URL = "https://oapi.dingtalk.io" } = process.env;
const client = createClient({ accessToken: DINGTALK_ACCESS_TOKEN, baseUrl: DINGTALK_BASE_URL });

try {
  // Do not send a create again after a timeout (`outcome` is "unknown"): look first whether it was done.
  const { groupId } = await client.addRoleGroup({ name: "制造部" });
  console.log(`Created role group ${groupId}`);
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(`${error.errcode} ${error.errmsg}`);
  process.exitCode = 1;
}
