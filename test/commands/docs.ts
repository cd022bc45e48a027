/** `npm run docs`: builds the docs and serves them. */
import { onEnd } from "./on-end.ts";
import { serveDocs } from "./serve-docs.ts";
import { freePort, parseFlags, prepare } from "./turbo.ts";

onEnd(() => {});

const flags = parseFlags({ port: { type: "string", default: "4011" } });
const port = await freePort("npm run docs", "port", flags.port);
await prepare(["build"], "--filter=@dingrole/docs");

await serveDocs(port);
process.stdout.write(`\n  docs  http://127.0.0.1:${port}/\n\n  Ctrl-C ends it.\n`);
