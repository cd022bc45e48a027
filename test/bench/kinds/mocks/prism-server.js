import { createServer } from "@stoplight/prism-http-server";
import { callBy } from "./call.js";
import { components, config, operations } from "./prism.js";

async function ready() {
  const server = createServer(await operations(), { cors: false, config, components });
  return { fetch, origin: await server.listen(0, "127.0.0.1") };
}

export const create = () => callBy(ready());
