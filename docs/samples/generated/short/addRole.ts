import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
const answer = await client.addRole({
  roleName: "Service", groupId: 1560985325,
});
console.log(answer.roleId);
