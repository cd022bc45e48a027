// A Cloudflare Worker that creates the role group that the query names, or lists the members of a role.
import { createClient, DingTalkError } from "@dingrole/client";
import { createClient as createFetchClient } from "@dingrole/client/openapi-fetch";
import { paginate } from "@dingrole/client/paginate";

export default {
  async fetch(request, env) {
    const options = { appKey: env.APP_KEY, appSecret: env.APP_SECRET, baseUrl: env.DINGTALK_BASE_URL };
    const { pathname, searchParams } = new URL(request.url);
    const body = { name: searchParams.get("name") ?? "" };
    try {
      if (pathname === "/members") return Response.json(await listMembers(createClient(options)));
      if (pathname !== "/by-path") return Response.json(await createClient(options).addRoleGroup(body));
      const { data } = await createFetchClient(options).POST("/role/add_role_group", { body });
      return Response.json({ groupId: data.groupId });
    } catch (error) {
      if (!(error instanceof DingTalkError)) throw error;
      return Response.json({ name: error.name, outcome: error.outcome }, { status: 502 });
    }
  },
};

async function listMembers(client) {
  const userids = [];
  for await (const { userid } of paginate(client, "listRoleMembers", { role_id: 1688611118 })) userids.push(userid);
  return userids;
}
