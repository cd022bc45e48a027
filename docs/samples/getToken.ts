// export DINGTALK_ACCESS_TOKEN="$(node getToken.ts)"
import { createClient, DingTalkError } from "@dingrole/client";

const appKey =
  process.env.DINGTALK_APP_KEY ||
  fail("DINGTALK_APP_KEY is not set");
const appSecret =
  process.env.DINGTALK_APP_SECRET ||
  fail("DINGTALK_APP_SECRET is not set");
const baseUrl =
  process.env.DINGTALK_BASE_URL ?? "https://oapi.dingtalk.io";
const client = createClient({ appKey, appSecret, baseUrl });

try {
  // Only to have the token yourself: such a client gets its
  // own, keeps it and renews it.
  const { access_token, expires_in } = await client.getToken({
    appkey: appKey,
    appsecret: appSecret,
  });
  console.log(access_token);
  console.error(`Valid for ${expires_in} seconds`);
} catch (error) {
  if (!(error instanceof DingTalkError)) throw error;
  fail(error.message); // It never holds the secret.
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
