import { createCall } from "./call.ts";
import type { CallOptions } from "./call-options.ts";
import type { ClientOptions, ResolvedOptions } from "./client-options.ts";
import { createFetchTransport } from "./fetch-transport.ts";
import { operations } from "./generated/operations.ts";
import type { OperationId, Operations } from "./generated/types.ts";
import { resolveOptions } from "./resolve-options.ts";
import type { Transport } from "./transport.ts";

/** A method for each operation of the API. Each returns the fields of the success answer, or throws a `DingTalkError`. */
export interface Client extends Operations {}

/** Makes the transport of an entry. It can use the transport by `fetch`. */
export type MakeTransport = (options: ResolvedOptions, fetchTransport: Transport) => Transport;

/** Creates a client. Nothing is sent until a method is called. */
export function createClient(options: ClientOptions): Client;
/** @internal For the other entries. */
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
