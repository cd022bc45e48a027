import { createCall } from "./call.ts";
import type { CallOptions } from "./call-options.ts";
import type { ClientOptions, ResolvedOptions } from "./client-options.ts";
import { createFetchTransport } from "./fetch-transport.ts";
import { operations } from "./generated/operations.ts";
import type { OperationId, Operations } from "./generated/types.ts";
import { resolveOptions } from "./resolve-options.ts";
import type { Transport } from "./transport.ts";

/** A method for each operation of the API. Each returns the success answer's fields, or throws a `DingTalkError`. */
export interface Client extends Operations {}

/** Makes what sends the requests in the place of `fetch`, which it may fall back on. */
export type MakeTransport = (options: ResolvedOptions, fetchTransport: Transport) => Transport;

/** Creates a client. Nothing is sent until a method is called. */
export function createClient(options: ClientOptions): Client;
/** @internal For `@dingrole/client/node`. */
export function createClient(options: ClientOptions, makeTransport: MakeTransport): Client;
export function createClient(options: ClientOptions, makeTransport?: MakeTransport): Client {
  const resolved = resolveOptions(options);
  const fetchTransport = createFetchTransport(resolved);
  // `array.map(createClient)` passes an index.
  const transport = typeof makeTransport === "function" ? makeTransport(resolved, fetchTransport) : fetchTransport;
  const call = createCall(resolved, transport);
  const methods = Object.keys(operations).map((id) => [
    id,
    (input: object, callOptions?: CallOptions) => call(id as OperationId, input, callOptions),
  ]);
  return Object.freeze(Object.fromEntries(methods));
}
