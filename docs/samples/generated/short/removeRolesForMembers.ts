import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
await client.removeRolesForMembers({
  roleIds: [1688611118, 4956354843],
  userIds: ["user1", "user2"],
});
console.log("done");
