// Creates the role group that its argument names with openapi-fetch's interface: imported, and then required.
import { createRequire } from "node:module";
import { DingTalkError } from "@dingrole/client";
import { createClient } from "@dingrole/client/openapi-fetch";

const required = createRequire(import.meta.url)("@dingrole/client/openapi-fetch");

for (const create of [createClient, required.createClient]) {
  const client = create({
    accessToken: process.env.DINGTALK_ACCESS_TOKEN ?? "",
    baseUrl: process.env.DINGTALK_BASE_URL,
  });
  client.use({
    onRequest: ({ request }) => console.log(request.method, request.url.slice(request.url.indexOf("/role"))),
  });
  const { data, response } = await client.POST("/role/add_role_group", { body: { name: process.argv[2] ?? "" } });
  console.log(response.status, data.groupId);
  const error = await client.POST("/role/add_role_group", { body: { name: "" } }).catch((thrown) => thrown);
  console.log(error instanceof DingTalkError, error.message);
}
