import { createClient } from "@dingrole/client";

const {
  DINGTALK_APP_KEY: appKey = "",
  DINGTALK_APP_SECRET: appSecret = "",
} = process.env;
const client = createClient({ appKey, appSecret });
const answer = await client.getToken({
  appkey: appKey, appsecret: appSecret,
});
console.log(answer.access_token);
