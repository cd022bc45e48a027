import { addRoleGroup, client } from "../../.generated/redocly.ts";
import { check } from "./check.js";

/**
 * The generated client retries a POST only if it sends an `Idempotency-Key`, as its own comments say. DingTalk's pages do not
 * describe such a header.
 */
export function create(serverUrl, { timeout, retriesPost }) {
  const retry = { retries: 3, retryDelay: 10 };
  client.configure({ serverUrl, timeout, retry, ...(retriesPost && { idempotencyKey: true }) });
  client.auth.apiKey("accessToken", "token");
  return async (name) => check(await addRoleGroup({ body: new URLSearchParams({ name }) }));
}
