// export DINGTALK_ACCESS_TOKEN="$(node getToken.ts)"
import { createClient, DingTalkError } from "@dingrole/client";

const appKey = read("DINGTALK_APP_KEY");
const appSecret = read("DINGTALK_APP_SECRET");
const baseUrl =
  process.env.DINGTALK_BASE_URL ?? "https://oapi.dingtalk.io";
const client = createClient({ appKey, appSecret, baseUrl });

try {
  // Only to have the token yourself: such a client gets its
  // own, keeps it and renews it.
  const result = await client.getToken({
    appkey: appKey, appsecret: appSecret,
  });
  console.log(result.access_token);
  console.error("expires_in:", result.expires_in);
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
