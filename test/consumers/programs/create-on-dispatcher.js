// Creates the role group that the argument names, through Node's own dispatcher. The environment is the same as for create-role-group.js.
import { createClient } from "@dingrole/client/node";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
  ...(process.env.DINGTALK_BASE_URL && { baseUrl: process.env.DINGTALK_BASE_URL }),
});
// Fails if the client falls back to fetch.
globalThis.fetch = () => Promise.reject(new Error("fetch was called"));
console.log(await client.addRoleGroup({ name: process.argv[2] ?? "" }));
