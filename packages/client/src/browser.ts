/**
 * The client in a bundle for browsers, by the "browser" condition of the package's exports: elsewhere nobody pays for it. It
 * is the same, and says so where an app's secret ends up in a page.
 */
import { type Client, type ClientOptions, createClient as create } from "./index.js";

export * from "./index.js";

const warning =
  "createClient: an appSecret in a page is public. Keep it on a server of yours that uses @dingrole/client, and have the page ask that server.";
let isWarned = false;

export function createClient(options: ClientOptions): Client {
  // A worker of Cloudflare's is bundled under the same condition, and has no page.
  if ((options as { appSecret?: string })?.appSecret && "document" in globalThis && !isWarned) {
    isWarned = true;
    console.warn(warning);
  }
  return create(options);
}
