import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
const answer = await client.addRoleGroup({
  name: "Manufacturing",
});
console.log(answer.groupId);
