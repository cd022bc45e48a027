import { Client, LoggerLevel } from "@larksuiteoapi/node-sdk";

export function create(domain) {
  const client = new Client({
    appId: "id",
    appSecret: "secret",
    domain,
    disableTokenCache: true,
    loggerLevel: LoggerLevel.error,
  });
  return () =>
    client.request({
      method: "POST",
      url: "/role/add_role_group",
      params: { access_token: "token" },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      data: { name: "制造部" },
    });
}
