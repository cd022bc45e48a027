/** `npm run docs`: builds the docs and serves them. */
import { join } from "node:path";
import { preview } from "vite";
import { fail, prepare, root } from "./turbo.ts";

await prepare(["build"], "--filter=@dingrole/docs");
const options = { host: "127.0.0.1", port: 4011, strictPort: true };
const server = await preview({
  root: join(root, "docs"),
  configFile: false,
  logLevel: "error",
  preview: options,
}).catch((error) => fail(error.message));
server.printUrls();
