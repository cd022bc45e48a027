import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
const answer = await client.listRoleMembers({
  role_id: 1688611118, size: 20, offset: 0,
});
for (const row of answer.result.list ?? [])
  console.log(row.userid, row.name);
