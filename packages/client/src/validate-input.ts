import { InputError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { type Fields, findFault, type Schema, typeOf } from "./schema.ts";

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
    if (Array.isArray(value)) values[name] = Array.from(value); // The caller may change its list while the call waits.
  }
  const fault = findFault(known, values) ?? findWireFault(known, values);
  return fault ? refuse(fault) : values;
}

/** The first fault among values of the right types: what a form cannot express. */
function findWireFault(fields: Fields, values: Values): string | undefined {
  for (const name in values) {
    const value = values[name];
    const { maxItems = 0 } = fields[name] as Schema;
    const fault = Array.isArray(value) ? findListFault(value, maxItems, name) : findTextFault(value, name);
    if (fault) return fault;
  }
  return undefined;
}

/** A list is one field on the wire, with a comma between its items. */
function findListFault(list: readonly unknown[], maxItems: number, name: string): string | undefined {
  const { length } = list;
  if (!length || length > maxItems) return `${name} must have 1 to ${maxItems} items, not ${length}`;
  for (const [index, item] of list.entries()) {
    const first = list.indexOf(item);
    if (first < index) return `${name}[${index}] must not repeat ${name}[${first}]`;
    if (`${item}`.includes(",")) return `${name}[${index}] must not contain a comma`;
    const fault = findTextFault(item, `${name}[${index}]`);
    if (fault) return fault;
  }
  return undefined;
}

function findTextFault(value: unknown, name: string): string | undefined {
  const isBroken = typeof value === "string" && !value.isWellFormed();
  return isBroken ? `${name} contains a lone surrogate: it was cut inside a character` : undefined;
}

/** The secrets in an input, which a failed answer can quote. */
export function secretsOf({ query = {} }: Operation, values: Values): string[] {
  return Object.keys(query).flatMap((name) => (query[name]?.secret ? [values[name] as string] : []));
}
