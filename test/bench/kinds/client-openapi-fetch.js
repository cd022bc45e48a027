import { createClient } from "@dingrole/client/openapi-fetch";

export function create(baseUrl, options) {
  const client = createClient({ baseUrl, appKey: "key", appSecret: "secret", ...options });
  return async () => {
    const { data } = await client.POST("/role/add_role_group", { body: { name: "制造部" } });
    return data;
  };
}
