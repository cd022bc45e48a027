import { operations, tokenParameter } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
import { InputError } from "./index.js";
import type { RequestOptions } from "./openapi-fetch-types.ts";
import type { Operation } from "./operation.ts";
import { type Fields, typeOf } from "./schema.ts";

type Values = Readonly<Record<string, unknown>>;

/** The options of a request, besides its path. */
export interface Init extends RequestOptions {
  params?: { query?: Values };
  body?: Values;
}

const initNames = ["params", "body", "headers", "middleware", "signal", "timeout", "deadline"];

const encoding = "the description says how each field is encoded";
/** Why the client does not have some options of openapi-fetch. */
const reasons = new Map([
  ["bodySerializer", encoding],
  ["querySerializer", encoding],
  ["pathSerializer", encoding],
  ["parseAs", "every answer is read as JSON and checked"],
  ["Request", "give createClient a fetch that makes its own request"],
  ["requestInitExt", "give createClient a fetch that adds it"],
]);

/** Refuses the options of openapi-fetch that `createClient` does not have. It refuses all other unknown options itself. */
export function refuseOptions(options: object) {
  for (const name of Object.keys(options))
    if (reasons.has(name)) throw new TypeError(`createClient: ${name} is not supported: ${reasons.get(name)}`);
}

/** The `operationId` of a method and a path of the description. */
export function findOperation(method: string, path: string): OperationId {
  const rows = Object.entries<Operation>(operations);
  const name = `${method.toUpperCase()} ${path}`;
  const row = rows.find(([, each]) => `${each.method} ${each.path}` === name);
  if (row) return row[0] as OperationId;
  const known = rows.map(([, each]) => `${each.method} ${each.path}`);
  // A query can contain a token.
  throw new TypeError(`unknown operation ${name.replace(/\?.*/s, "?***")}: expected ${known.join(" or ")}`);
}

/** The fields of a request, from the query and the body. Throws an `InputError` that names a field in the wrong place. */
export function readInput(id: OperationId, init: Init): Values {
  const refuse = (fault: string): never => {
    throw new InputError(id, fault);
  };
  requireRecord("the options", init);
  for (const name of Object.keys(init))
    if (!initNames.includes(name)) {
      const reason = name === "fetch" || name === "baseUrl" ? "pass it to createClient" : reasons.get(name);
      refuse(
        reason ? `${name} is not supported: ${reason}` : `unknown option ${name}: expected ${initNames.join(", ")}`,
      );
    }
  const { params = {}, middleware = [] } = init;
  requireRecord("params", params);
  if (!Array.isArray(middleware)) refuse(`middleware must be an array, not ${typeOf(middleware)}`);
  const { query: inQuery, ...others } = params;
  for (const [name, value] of Object.entries(others))
    if (value !== undefined) refuse(`unknown option params.${name}: expected params.query`);
  const { query, form }: Operation = operations[id];
  return { ...readFields("params.query", inQuery, query), ...readFields("body", init.body, form) };

  function requireRecord(place: string, value: object | null) {
    if (!isRecord(value)) refuse(`${place} must be an object, not ${value?.constructor?.name ?? typeOf(value)}`);
  }

  function readFields(place: string, values: Values = {}, fields: Fields = {}): Values {
    requireRecord(place, values);
    for (const name of Object.keys(values)) {
      if (Object.hasOwn(fields, name)) continue;
      if (name === tokenParameter) refuse(`${place}.${name} must be left out: the client adds the token`);
      refuse(`unknown field ${place}.${name}: expected ${Object.keys(fields).join(", ") || "none"}`);
    }
    // A middleware sees the body before the call encodes it, so the caller must not change a list in between.
    // The list of `Array(id)` is too long for a copy, and for a call.
    const copy = (value: unknown) => (Array.isArray(value) && value.length < 1e5 ? Array.from(value) : value);
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, copy(value)]));
  }
}

/** Whether the value is an object of names and values, and not one that lists them, such as a `Map` or `URLSearchParams`. */
export function isRecord(value: unknown): boolean {
  return typeOf(value) === "object" && !(Symbol.iterator in (value as object));
}
