import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
const answer = await client.getRole({ roleId: 1507113580 });
console.log(answer.role?.groupId, answer.role?.name);
