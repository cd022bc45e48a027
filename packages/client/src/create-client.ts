import { createCall } from "./call.ts";
import { type CallOptions, type ClientOptions, type ResolvedOptions, resolveOptions } from "./client-options.ts";
import { operations } from "./generated/operations.ts";
import type { OperationId, Operations } from "./generated/types.ts";
import { createFetchSend, type Send } from "./transport.ts";

/** A method for each operation of the API. Each returns the success answer's fields, or throws a `DingTalkError`. */
export interface Client extends Operations {}

/** Creates a client. Nothing is sent until a method is called. */
export function createClient(options: ClientOptions): Client {
  const resolved = resolveOptions(options);
  return createMethods(resolved, createFetchSend(resolved.fetch, resolved.maxResponseSize));
}

export function createMethods(options: ResolvedOptions, send: Send): Client {
  const call = createCall(options, send);
  const methods = Object.keys(operations).map((id) => [
    id,
    (input: object, callOptions?: CallOptions) => call(id as OperationId, input, callOptions),
  ]);
  return Object.freeze(Object.fromEntries(methods));
}
