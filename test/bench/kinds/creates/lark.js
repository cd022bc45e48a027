import { Client, LoggerLevel } from "@larksuiteoapi/node-sdk";
import { check } from "./check.js";

/** The transport documents no retries. */
export function create(domain, { timeout }) {
  const app = { appId: "id", appSecret: "secret", disableTokenCache: true };
  const client = new Client({ ...app, domain, loggerLevel: LoggerLevel.fatal });
  return async (name) => {
    const answer = await client.request({
      method: "POST",
      url: "/role/add_role_group",
      params: { access_token: "token" },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      data: { name },
      timeout,
    });
    check(answer);
  };
}
