import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
});
await client.updateRole({
  roleId: 1688611118, roleName: "Customer service",
});
console.log("done");
