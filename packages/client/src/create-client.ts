import { createCall } from "./call.ts";
import { type CallOptions, type ClientOptions, type ResolvedOptions, resolveOptions } from "./client-options.ts";
import { operations } from "./generated/operations.ts";
import type { OperationId, Operations } from "./generated/types.ts";
import { createFetchSend, type Send } from "./transport.ts";

/** A method for each operation of the API. Each returns the success answer's fields, or throws a `DingTalkError`. */
export interface Client extends Operations {}

/** Makes what sends the requests in the place of `fetch`, which it may fall back on. */
export type Transport = (options: ResolvedOptions, fetchSend: Send) => Send;

/** Creates a client. Nothing is sent until a method is called. */
export function createClient(options: ClientOptions): Client;
/** @internal For `@dingrole/client/node`. */
export function createClient(options: ClientOptions, transport: Transport): Client;
export function createClient(options: ClientOptions, transport?: Transport): Client {
  const resolved = resolveOptions(options);
  const fetchSend = createFetchSend(resolved);
  // `array.map(createClient)` passes an index.
  const call = createCall(resolved, typeof transport === "function" ? transport(resolved, fetchSend) : fetchSend);
  const methods = Object.keys(operations).map((id) => [
    id,
    (input: object, callOptions?: CallOptions) => call(id as OperationId, input, callOptions),
  ]);
  return Object.freeze(Object.fromEntries(methods));
}
