/**
 * The client in a bundle for browsers, by the "browser" condition of the package's exports: elsewhere nobody pays for it. It
 * is the same, and says so where an app's secret ends up in a page.
 */
import { createClient as create } from "./create-client.ts";

// Not from index.ts: the two entries would share a file that is empty, and Node would load it.
export {
  AbortError,
  ApiError,
  BlockedError,
  DingTalkError,
  HttpError,
  InputError,
  NetworkError,
  ResponseError,
  TimeoutError,
  TokenError,
} from "./errors.ts";
export { createLimiter } from "./throttle.ts";

const warning =
  "createClient: an appSecret in a page is public. Keep it on a server of yours that uses @dingrole/client, and have the page ask that server.";
let isWarned = false;

export const createClient: typeof create = (options) => {
  // A worker of Cloudflare's is bundled under the same condition, and has no page.
  if (options?.appSecret && "document" in globalThis && !isWarned) {
    isWarned = true;
    console.warn(warning);
  }
  return create(options);
};
