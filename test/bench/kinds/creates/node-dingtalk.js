import DingTalk from "node-dingtalk";
import { check } from "./check.js";

/** node-dingtalk documents no retries, and the `retry` of the urllib that it creates has no effect. */
export function create(host, { timeout }) {
  const { client } = new DingTalk({ corpid: "id", corpsecret: "secret", host, requestOpts: { timeout } });
  return async (name) => {
    try {
      // The default is JSON, which this operation does not describe.
      await client.post("role/add_role_group", { name }, { accessToken: "token", contentType: undefined });
    } catch (error) {
      if (error.data) check(error.data);
      throw error;
    }
  };
}
