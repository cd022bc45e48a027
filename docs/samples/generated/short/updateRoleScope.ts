import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
await client.updateRoleScope({
  userid: "user1", role_id: 1688611118, dept_ids: [11, 1231],
});
console.log("done");
