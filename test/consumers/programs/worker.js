// A Cloudflare Worker that creates the role group that the query names.
import { createClient, DingTalkError } from "@dingrole/client";

export default {
  async fetch(request, env) {
    const client = createClient({ appKey: env.APP_KEY, appSecret: env.APP_SECRET, baseUrl: env.DINGTALK_BASE_URL });
    try {
      return Response.json(await client.addRoleGroup({ name: new URL(request.url).searchParams.get("name") ?? "" }));
    } catch (error) {
      if (!(error instanceof DingTalkError)) throw error;
      return Response.json({ name: error.name, outcome: error.outcome }, { status: 502 });
    }
  },
};
