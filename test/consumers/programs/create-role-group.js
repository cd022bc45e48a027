// Creates the role group that the argument names. The environment has the base URL and the token:
//   DINGTALK_BASE_URL=… DINGTALK_ACCESS_TOKEN=… node create-role-group.js 制造部
import { createClient } from "@dingrole/client";

const client = createClient({
  accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
  ...(process.env.DINGTALK_BASE_URL && { baseUrl: process.env.DINGTALK_BASE_URL }),
  fetch: async (url, init) => {
    const shown = new URL(String(url));
    shown.searchParams.set("access_token", "***");
    console.log(`\n${init?.method} ${shown}`);
    for (const [name, value] of new Headers(init?.headers)) console.log(`${name}: ${value}`);
    console.log(`\n${await new Response(init?.body).text()}`); // On Deno the body is a Blob.
    return fetch(url, init);
  },
});

try {
  console.log("\n→", await client.addRoleGroup({ name: process.argv[2] ?? "" }));
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
