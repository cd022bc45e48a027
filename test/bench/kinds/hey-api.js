import { client } from "../.generated/hey-api/client.gen.ts";
import { addRoleGroup } from "../.generated/hey-api/sdk.gen.ts";

export function create(baseUrl) {
  client.setConfig({ baseUrl, auth: () => "token" });
  return async () => {
    const { data } = await addRoleGroup({ body: { name: "制造部" } });
    return data;
  };
}
