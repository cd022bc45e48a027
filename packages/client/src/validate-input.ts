import { InputError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { type Fields, findFault, typeOf } from "./schema.ts";

export type Values = Readonly<Record<string, unknown>>;

/** The input's fields. Throws an `InputError` that names the first one that is wrong. */
export function validateInput(id: OperationId, { query, form }: Operation, input: unknown = {}): Values {
  const known = { ...query, ...form };
  const values: Values = { __proto__: null, ...(input as Values) }; // Its own fields only.
  const type = typeOf(input);
  const fault = type === "object" ? findInputFault(known, values) : `the input must be of type object, not ${type}`;
  if (fault) throw new InputError(id, fault);
  return values;
}

/** What must not show of an input that a failed answer could quote. */
export function secretsOf({ query = {} }: Operation, values: Values): string[] {
  return Object.keys(query).flatMap((name) => (query[name]?.secret ? [values[name] as string] : []));
}

function findInputFault(known: Fields, input: Values): string | undefined {
  for (const name of Object.keys(input)) {
    const value = input[name];
    if (!Object.hasOwn(known, name)) return `there is no field ${name}: use ${Object.keys(known).join(", ")}`;
    if (typeof value === "string" && !value.isWellFormed())
      return `${name} has half of a surrogate pair: cut between characters`;
  }
  return findFault(known, input);
}
