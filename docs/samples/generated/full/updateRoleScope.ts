import { createClient, DingTalkError } from "@dingrole/client";

const accessToken = read("DINGTALK_ACCESS_TOKEN");
const baseUrl =
  process.env.DINGTALK_BASE_URL ?? "https://oapi.dingtalk.io";
const client = createClient({ accessToken, baseUrl });

try {
  await client.updateRoleScope({
    userid: "user1", role_id: 1688611118, dept_ids: [11, 1231],
  });
  console.log("done");
} catch (error) {
  if (!(error instanceof DingTalkError)) throw error;
  fail(error.message); // It never holds the credential.
}

function read(name: string): string {
  return process.env[name] || fail(`${name} is not set`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
