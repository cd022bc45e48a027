import { createCall } from "./call.ts";
import { type ClientOptions, resolveOptions } from "./client-options.ts";
import { operations } from "./generated/operations.ts";
import type { OperationId, Operations } from "./generated/types.ts";

/** A method for each operation of the API. Each returns the success answer's fields, or throws a `DingTalkError`. */
export interface Client extends Operations {}

/** Creates a client. Nothing is sent until a method is called. */
export function createClient(options: ClientOptions): Client {
  const call = createCall(resolveOptions(options));
  const methods = Object.keys(operations).map((id) => [id, (input: object) => call(id as OperationId, input)]);
  return Object.freeze(Object.fromEntries(methods));
}
