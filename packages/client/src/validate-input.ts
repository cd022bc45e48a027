import { InputError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { type Fields, findFault, typeOf } from "./schema.ts";

export type Values = Readonly<Record<string, unknown>>;

/** Returns a copy of the input's own fields. Throws an `InputError` that names the first field that is wrong. */
export function validateInput(id: OperationId, { query, form }: Operation, input: unknown = {}): Values {
  const refuse = (fault: string): never => {
    throw new InputError(id, fault);
  };
  const type = typeOf(input);
  if (type !== "object") refuse(`the input must be of type object, not ${type}`);
  const known: Fields = { ...query, ...form };
  const values: Record<string, unknown> = { __proto__: null, ...(input as Values) };
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(known, name)) refuse(`unknown field ${name}: expected ${Object.keys(known).join(", ")}`);
    // The caller may change its list while the call waits. The list of `Array(id)` is too long for a copy, and for a call.
    if (Array.isArray(value) && value.length < 1e5) values[name] = Array.from(value);
  }
  const fault = findFault(known, values);
  if (fault) refuse(fault);
  for (const name in values)
    if (!String(values[name]).isWellFormed())
      refuse(`${name} contains a lone surrogate: it was cut inside a character`);
  return values;
}

/** The secrets in an input, which a failed answer can quote. */
export function secretsOf({ query = {} }: Operation, values: Values): string[] {
  return Object.keys(query).flatMap((name) => (query[name]?.secret ? [values[name] as string] : []));
}
