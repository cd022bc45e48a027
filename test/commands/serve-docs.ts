import { join } from "node:path";
import { preview } from "vite";
import { fail, root } from "./turbo.ts";

/** Serves docs/dist on loopback. Where the port is taken by then, says so and ends the process. */
export function serveDocs(port: number) {
  return preview({
    root: join(root, "docs"),
    configFile: false,
    logLevel: "error",
    preview: { host: "127.0.0.1", port, strictPort: true },
  }).catch((error) => fail(error.message));
}
