import DingTalk from "node-dingtalk";

export function create(host) {
  const { client } = new DingTalk({ corpid: "id", corpsecret: "secret", host });
  // The default is JSON, which this operation does not describe.
  return () => client.post("role/add_role_group", { name: "制造部" }, { accessToken: "token", contentType: undefined });
}
