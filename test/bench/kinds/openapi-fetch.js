import createClient from "openapi-fetch";

export function create(baseUrl) {
  const client = createClient({ baseUrl });
  return async () => {
    const { data } = await client.POST("/role/add_role_group", {
      params: { query: { access_token: "token" } },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: { name: "制造部" },
    });
    return data;
  };
}
