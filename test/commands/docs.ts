/** `npm run docs`: builds the docs and serves them. */
import { join } from "node:path";
import { preview } from "vite";
import { onEnd } from "./on-end.ts";
import { freePort, parseFlags, prepare, root } from "./turbo.ts";

onEnd(() => {});

const flags = parseFlags({ port: { type: "string", default: "4011" } });
const port = await freePort("npm run docs", "port", flags.port);
await prepare(["build"], "--filter=@dingrole/docs");

const options = { host: "127.0.0.1", port, strictPort: true };
await preview({ root: join(root, "docs"), configFile: false, logLevel: "error", preview: options });
process.stdout.write(`\n  docs  http://127.0.0.1:${port}/\n\n  Ctrl-C ends it.\n`);
