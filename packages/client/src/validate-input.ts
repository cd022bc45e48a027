import { InputError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { type Fields, findFault, typeOf } from "./schema.ts";

export type Values = Readonly<Record<string, unknown>>;

/** Returns a copy of the input. Throws an `InputError` that names the first field that is wrong. */
export function validateInput(id: OperationId, { query, form }: Operation, input: unknown = {}): Values {
  const known = { ...query, ...form };
  const values: Values = { __proto__: null, ...(input as Values) }; // Only the input's own fields.
  const type = typeOf(input);
  const fault = type === "object" ? findInputFault(known, values) : `the input must be of type object, not ${type}`;
  if (fault) throw new InputError(id, fault);
  return values;
}

/** The secrets in an input, which a failed answer can quote. */
export function secretsOf({ query = {} }: Operation, values: Values): string[] {
  return Object.keys(query).flatMap((name) => (query[name]?.secret ? [values[name] as string] : []));
}

function findInputFault(known: Fields, input: Values): string | undefined {
  for (const name of Object.keys(input)) {
    const value = input[name];
    if (!Object.hasOwn(known, name)) return `unknown field ${name}: expected ${Object.keys(known).join(", ")}`;
    if (typeof value === "string" && !value.isWellFormed())
      return `${name} contains a lone surrogate: it was cut inside a character`;
  }
  return findFault(known, input);
}
