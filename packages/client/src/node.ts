/** The client on Node's own HTTP: the same behaviour as on `fetch`, at a third of its cost. */
import type { ClientOptions } from "./client-options.ts";
// The file that is published: what both entries share would be a third, which takes Node a millisecond to load.
import { type Client, createClient as create } from "./index.js";
import { createNodeTransport, type Dispatcher } from "./node-transport.ts";

export type { Dispatcher } from "./node-transport.ts";

/** {@link ClientOptions}, and what sends the requests. */
export type NodeClientOptions = ClientOptions & {
  /**
   * What sends each request: an undici `Agent` of your own, whose connections can stay warm for longer than the 4 seconds
   * that `fetch` keeps them. Not together with `fetch`.
   * @default the dispatcher under Node's own `fetch`, which `setGlobalDispatcher` replaces
   */
  dispatcher?: Dispatcher | undefined;
};

/**
 * Creates a client. Where Node has no dispatcher under its `fetch`, or `fetch` is given, that is what sends.
 *
 * msw, nock and a stubbed `fetch` do not see what this client sends. In a test, give it a `MockAgent` of undici's as
 * `dispatcher`, or `fetch: (url, init) => fetch(url, init)`.
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
