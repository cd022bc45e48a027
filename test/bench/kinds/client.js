import { createClient } from "@dingrole/client";

export function create(baseUrl, options) {
  const client = createClient({ baseUrl, appKey: "key", appSecret: "secret", ...options });
  return () => client.addRoleGroup({ name: "制造部" });
}
