import { createClient } from "@dingrole/client";
import { ensureRoleGroup } from "@dingrole/client/ensure";

/** The defaults, with short pauses between looks: the mock lists a group at once. */
export function create(baseUrl, { timeout }) {
  let tokens = 0;
  const accessToken = () => `token ${tokens++}`; // After a refused token the client asks for another one.
  const client = createClient({ baseUrl, accessToken, timeout, retries: 3, rate: false });
  return (name) => ensureRoleGroup(client, { name }, { pause: 10 });
}
