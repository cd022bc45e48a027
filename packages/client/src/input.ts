import { InputError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { type Fields, findFault, typeOf } from "./schema.ts";

export type Values = Record<string, unknown>;

/** The input's fields, parted by where they ride. Throws an `InputError` that names the first one that is wrong. */
export function checkInput(id: OperationId, { query, form }: Operation, input: unknown = {}) {
  const known = { ...query, ...form };
  const values: Values = Object.assign(Object.create(null), input); // Its own fields only.
  const fault =
    typeOf(input) === "object"
      ? findInputFault(known, values)
      : `the input must be of type object, not ${typeOf(input)}`;
  if (fault) throw new InputError(id, fault);
  const pick = (fields: Fields): Values => Object.fromEntries(Object.keys(fields).map((name) => [name, values[name]]));
  const secrets = Object.keys(known).flatMap((name) => (known[name]?.secret ? [values[name] as string] : []));
  return { query: pick(query ?? {}), ...(form && { form: pick(form) }), secrets };
}

function findInputFault(known: Fields, input: Values): string | undefined {
  for (const [name, value] of Object.entries(input)) {
    if (!Object.hasOwn(known, name)) return `there is no field ${name}: use ${Object.keys(known).join(", ") || "none"}`;
    if (typeof value === "string" && /\p{Surrogate}/u.test(value))
      return `${name} has half of a surrogate pair: cut between characters`;
  }
  return findFault(known, input);
}
