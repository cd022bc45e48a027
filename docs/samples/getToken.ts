import { ApiError, createClient } from "@dingrole/client";

const { DINGTALK_APP_KEY: appKey = "", DINGTALK_APP_SECRET: appSecret = "" } = process.env;
const { DINGTALK_BASE_URL: baseUrl = "https://oapi.dingtalk.io" } = process.env;
const client = createClient({ appKey, appSecret, baseUrl });

try {
  // Only to have the token yourself: such a client gets its own, keeps it and renews it.
  const { expires_in } = await client.getToken({ appkey: appKey, appsecret: appSecret });
  console.log(`The token is valid for ${expires_in} seconds`);
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(`${error.errcode} ${error.errmsg}`);
  process.exitCode = 1;
}
