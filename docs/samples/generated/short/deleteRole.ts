import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
await client.deleteRole({ role_id: 1688611118 });
console.log("done");
