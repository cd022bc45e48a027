import ky from "ky";
import { check } from "./check.js";

/** ky retries a POST only if `methods` has it. Its pause is short here, because it does not change the counts. */
export function create(prefix, { timeout, retriesPost }) {
  const retry = { limit: 3, delay: () => 10, ...(retriesPost && { methods: ["post"] }) };
  const api = ky.create({ prefix, timeout, retry });
  return async (name) => {
    const searchParams = { access_token: "token" };
    check(await api.post("role/add_role_group", { searchParams, body: new URLSearchParams({ name }) }).json());
  };
}
