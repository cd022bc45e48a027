/** The entry for browsers, by the condition "browser" of the package's exports: it warns if a page contains a secret. */
import { type Client, type ClientOptions, createClient as create } from "./index.js";
import { warnInPage } from "./page-warning.ts";

export * from "./index.js";

export function createClient(options: ClientOptions): Client {
  warnInPage(options);
  return create(options);
}
