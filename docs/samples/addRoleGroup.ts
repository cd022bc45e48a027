import { createClient, DingTalkError } from "@dingrole/client";

const accessToken =
  process.env.DINGTALK_ACCESS_TOKEN ||
  fail("DINGTALK_ACCESS_TOKEN is not set");
const baseUrl =
  process.env.DINGTALK_BASE_URL ?? "https://oapi.dingtalk.io";
const client = createClient({ accessToken, baseUrl });

try {
  // Do not send a create again after a timeout (`outcome` is
  // "unknown"): look first whether it was done.
  const { groupId } = await client.addRoleGroup({
    name: "制造部",
  });
  console.log(`Created role group ${groupId}`);
} catch (error) {
  if (!(error instanceof DingTalkError)) throw error;
  fail(error.message); // It never holds the token.
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
