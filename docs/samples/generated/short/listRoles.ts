import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
const answer = await client.listRoles({ size: 20, offset: 0 });
for (const row of answer.result.list ?? [])
  console.log(row.groupId, row.name);
