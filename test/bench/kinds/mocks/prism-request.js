import { createInstance } from "@stoplight/prism-http";
import { components, config, operations } from "./prism.js";

const body = `name=${encodeURIComponent("制造部")}`;
const headers = {
  "content-type": "application/x-www-form-urlencoded;charset=utf-8",
  "content-length": String(body.length),
};

export function create() {
  const instance = createInstance(config, components);
  const ready = operations();
  return async () => {
    const url = { path: "/role/add_role_group", query: { access_token: "token" } };
    const result = await instance.request({ method: "post", url, headers, body }, await ready)();
    return result.right.output.body;
  };
}
