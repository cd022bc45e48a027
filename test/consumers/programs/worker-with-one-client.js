// A Worker with one client for all requests, as the README says.
import { createClient, DingTalkError } from "@dingrole/client";

let client;

export default {
  async fetch(request, env) {
    client ??= createClient({
      appKey: env.APP_KEY,
      appSecret: env.APP_SECRET,
      baseUrl: env.DINGTALK_BASE_URL,
      tokenStore: { get: () => env.STORED_TOKEN, set() {} },
    });
    try {
      return Response.json(await client.addRoleGroup({ name: new URL(request.url).searchParams.get("name") }));
    } catch (error) {
      if (!(error instanceof DingTalkError)) throw error;
      return Response.json({ message: error.message }, { status: 502 });
    }
  },
};
