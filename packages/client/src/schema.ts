/** The part of JSON Schema that the description's inputs and answers use. */
export interface Schema {
  readonly type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface ObjectSchema extends Schema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, Schema>>;
}

/** A value's first fault against its schema, as a clause that follows the field's name; `undefined` where it has none. */
export function findFault(schema: Schema, value: unknown, field: string): string | undefined {
  const { type } = schema;
  if (value === undefined) return `${field} is missing: pass ${article(type)} ${type}`;
  if (typeOf(value) !== (type === "integer" ? "number" : type))
    return `${field} must be ${article(type)} ${type}, not ${typeOf(value)}`;
  // An id beyond 2^53 has been rounded by JSON.parse: another role group's id, perhaps.
  if (type === "integer" && !Number.isSafeInteger(value))
    return `${field} is not an integer that a JavaScript number holds exactly`;
  if (schema.enum && !schema.enum.includes(value)) return `${field} must be one of ${schema.enum.join(", ")}`;
  if (typeof value === "string") return findTextFault(schema, value, field);
  if (typeof value === "number") return findRangeFault(schema, value, field);
  if (Array.isArray(value))
    return firstFault(value, (each, index) => findFault(schema.items as Schema, each, `${field}[${index}]`));
  if (type === "object") return findFieldFault(schema as ObjectSchema, value as Record<string, unknown>, `${field}.`);
  return undefined;
}

/** The first fault among an object's fields. Fields that the schema does not name pass. */
export function findFieldFault(
  schema: ObjectSchema,
  value: Readonly<Record<string, unknown>>,
  prefix = "",
): string | undefined {
  return firstFault(Object.entries(schema.properties), ([name, field]) =>
    value[name] === undefined && !schema.required?.includes(name)
      ? undefined
      : findFault(field, value[name], prefix + name),
  );
}

function findTextFault({ minLength = 0, maxLength = Infinity }: Schema, value: string, field: string) {
  if (value.length < minLength)
    return value === ""
      ? `${field} is empty: pass at least ${minLength} character${minLength > 1 ? "s" : ""}`
      : `${field} is shorter than ${minLength} characters`;
  if (value.length > maxLength) return `${field} is longer than ${maxLength} characters`;
  return undefined;
}

function findRangeFault({ minimum = -Infinity, maximum = Infinity }: Schema, value: number, field: string) {
  if (!(value >= minimum && value <= maximum)) return `${field} must be between ${minimum} and ${maximum}`;
  return undefined;
}

function firstFault<Item>(items: readonly Item[], find: (item: Item, index: number) => string | undefined) {
  for (const [index, item] of items.entries()) {
    const fault = find(item, index);
    if (fault) return fault;
  }
  return undefined;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function article(type: string): string {
  return /^[aio]/.test(type) ? "an" : "a";
}
