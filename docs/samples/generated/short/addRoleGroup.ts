import { createClient } from "@dingrole/client";

const { DINGTALK_ACCESS_TOKEN: accessToken = "" } = process.env;
const client = createClient({ accessToken });
const result = await client.addRoleGroup({
  name: "Manufacturing",
});
console.log(result.groupId);
