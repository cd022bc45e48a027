import { client } from "../../.generated/hey-api-ky/client.gen.ts";
import { addRoleGroup } from "../../.generated/hey-api-ky/sdk.gen.ts";
import { check } from "./check.js";

/** hey-api's ky client passes `retry` to ky. hey-api's fetch client has no retries. */
export function create(baseUrl, { timeout, retriesPost }) {
  const retry = { limit: 3, delay: () => 10, ...(retriesPost && { methods: ["post"] }) };
  client.setConfig({ baseUrl, auth: () => "token", timeout, retry });
  return async (name) => {
    const { data } = await addRoleGroup({ body: { name }, throwOnError: true });
    check(data);
  };
}
