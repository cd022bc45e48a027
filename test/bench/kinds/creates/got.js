import got from "got";
import { check } from "./check.js";

/** got retries a POST only if `methods` has it. Its pause is short here, because it does not change the counts. */
export function create(prefixUrl, { timeout, retriesPost }) {
  const retry = { limit: 3, backoffLimit: 10, noise: 0, ...(retriesPost && { methods: ["POST"] }) };
  const api = got.extend({ prefixUrl, timeout: { request: timeout }, retry });
  return async (name) => {
    const searchParams = { access_token: "token" };
    check(await api.post("role/add_role_group", { searchParams, form: { name } }).json());
  };
}
