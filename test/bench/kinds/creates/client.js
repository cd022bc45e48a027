import { createClient } from "@dingrole/client";

/** The defaults: 3 retries, and a create is sent again only if the answer proves that it was not carried out. */
export function create(baseUrl, { timeout }) {
  let tokens = 0;
  const accessToken = () => `token ${tokens++}`; // After a refused token the client asks for another one.
  const client = createClient({ baseUrl, accessToken, timeout, retries: 3, rate: false });
  return (name) => client.addRoleGroup({ name });
}
