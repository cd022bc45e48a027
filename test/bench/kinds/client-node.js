import { createClient } from "@dingrole/client/node";

export function create(baseUrl, options) {
  const client = createClient({ baseUrl, accessToken: async () => "token", ...options });
  return () => client.addRoleGroup({ name: "制造部" });
}
