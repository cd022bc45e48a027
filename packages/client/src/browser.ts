/** The client in a bundle for browsers, by the "browser" condition of the package's exports: it warns of a secret in a page. */
import { type Client, type ClientOptions, createClient as create } from "./index.js";
import { warnInPage } from "./page-warning.ts";

export * from "./index.js";

export function createClient(options: ClientOptions): Client {
  warnInPage(options);
  return create(options);
}
