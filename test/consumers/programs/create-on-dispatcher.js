// Creates the role group that its argument names, through Node's own dispatcher. The environment is create-role-group.js's.
import { createClient } from "@dingrole/client/node";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
  ...(process.env.DINGTALK_BASE_URL && { baseUrl: process.env.DINGTALK_BASE_URL }),
});
// Had it to fall back on fetch, this would show.
globalThis.fetch = () => Promise.reject(new Error("fetch was called"));
console.log(await client.addRoleGroup({ name: process.argv[2] ?? "" }));
