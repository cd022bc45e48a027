import { InputError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { findFieldFault, type ObjectSchema } from "./schema.ts";

type Fields = Record<string, unknown>;

/** The input's fields, parted by where they ride. Throws an `InputError` that names the first one that is wrong. */
export function checkInput(
  id: OperationId,
  { query, form }: Operation,
  input: unknown,
): { query: Fields; form?: Fields } {
  if (input !== undefined && (typeof input !== "object" || input === null || Array.isArray(input)))
    throw new InputError(
      id,
      `the input must be an object, not ${input === null ? "null" : Array.isArray(input) ? "an array" : `a ${typeof input}`}`,
    );
  const fields: Fields = { ...input };
  const known = { ...query?.properties, ...form?.properties };
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(known, name))
      throw new InputError(id, `there is no field ${name}: use ${Object.keys(known).join(", ")}`);
    if (typeof value === "string" && /\p{Surrogate}/u.test(value))
      throw new InputError(
        id,
        `${name} has half of a surrogate pair, which UTF-8 cannot carry: cut text between characters`,
      );
  }
  return { query: pick(id, query, fields) ?? {}, ...(form && { form: pick(id, form, fields) }) };
}

function pick<Picked extends ObjectSchema | undefined>(id: OperationId, schema: Picked, fields: Fields) {
  if (!schema) return undefined as never;
  const fault = findFieldFault(schema, fields);
  if (fault) throw new InputError(id, fault);
  return Object.fromEntries(Object.keys(schema.properties).map((name) => [name, fields[name]]));
}
