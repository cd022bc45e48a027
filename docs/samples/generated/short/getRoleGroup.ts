import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
const answer = await client.getRoleGroup({
  group_id: 1507113577,
});
for (const row of answer.role_group.roles ?? [])
  console.log(row.role_id, row.role_name);
