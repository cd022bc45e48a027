/** The client on Node's own HTTP. It behaves as on `fetch`, at a third of the cost. */
import type { ClientOptions } from "./client-options.ts";
// The published file: a third file for the code that both entries share would take Node a millisecond to load.
import { type Client, createClient as create } from "./index.js";
import { createNodeTransport, type Dispatcher } from "./node-transport.ts";

export type { Dispatcher } from "./node-transport.ts";

/** {@link ClientOptions} and the dispatcher that sends the requests. */
export type NodeClientOptions = ClientOptions & {
  /**
   * Sends each request, such as your own undici `Agent`, which can keep connections open for longer than the 4 seconds of
   * `fetch`. It cannot be combined with `fetch`.
   * @default the dispatcher under Node's own `fetch`, which `setGlobalDispatcher` replaces
   */
  dispatcher?: Dispatcher | undefined;
};

/**
 * Creates a client. It sends by `fetch` if `fetch` is given, or if Node has no dispatcher under its `fetch`.
 *
 * msw, nock and a stubbed `fetch` do not see its requests. In a test, give it undici's `MockAgent` as `dispatcher`, or
 * `fetch: (url, init) => fetch(url, init)`.
 */
export function createClient(nodeOptions: NodeClientOptions): Client {
  const { dispatcher, ...options } = nodeOptions ?? {};
  if (dispatcher !== undefined && typeof dispatcher?.dispatch !== "function")
    throw new TypeError("createClient: dispatcher must be an undici Dispatcher");
  if (dispatcher && options.fetch) throw new TypeError("createClient: pass dispatcher or fetch, not both");
  return create(options as ClientOptions, (resolved, fetchTransport) =>
    createNodeTransport(dispatcher, resolved, fetchTransport),
  );
}
