/** The part of a JSON Schema that the runtime checks. DingTalk checks ranges, patterns and other lengths. */
export interface Schema {
  readonly type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  /** The object may lack it. */
  readonly optional?: true;
  readonly nullable?: true;
  readonly nonEmpty?: true;
  /** It must never be shown. */
  readonly secret?: true;
  /** A field of paging: the client sends the default if the caller gives no value. */
  readonly default?: number;
  /** An optional list: the word with which the caller says that it is left out. */
  readonly omitted?: string;
  /** A list in a form: at most so many items, at least one, all different, none with a comma. */
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly fields?: Fields;
}

export type Fields = Readonly<Record<string, Schema>>;

/** The first fault among an object's fields, as a clause. Fields that the schema does not name are allowed. */
export function findFault(fields: Fields, values: Readonly<Record<string, unknown>>, prefix = ""): string | undefined {
  for (const name in fields) {
    const schema = fields[name] as Schema;
    const value = values[name];
    if (value === undefined ? schema.optional : value === schema.omitted) continue;
    const fault = findValueFault(schema, value, prefix + name);
    if (fault) return fault;
  }
  return undefined;
}

function findValueFault(schema: Schema, value: unknown, name: string): string | undefined {
  const { type, nullable, nonEmpty, omitted, items, fields } = schema;
  if (value === null && nullable) return undefined;
  const actual = typeOf(value);
  const expected = omitted ? `${type}, or "${omitted}" to leave it out` : type;
  if (actual !== (type === "integer" ? "number" : type)) return `${name} must be of type ${expected}, not ${actual}`;
  // JSON.parse has rounded an id beyond 2^53: it may be the id of another role group.
  if (type === "integer" && !Number.isSafeInteger(value)) return `${name} must be a safe integer, not ${value}`;
  if (nonEmpty && value === "") return `${name} must not be empty`;
  if (items) return findItemFault(schema, value as unknown[], name);
  return fields && findFault(fields, value as Record<string, unknown>, `${name}.`);
}

function findItemFault({ items, maxItems }: Schema, list: readonly unknown[], name: string): string | undefined {
  const { length } = list;
  if (maxItems && (!length || length > maxItems)) return `${name} must have 1 to ${maxItems} items, not ${length}`;
  const firsts = new Map<unknown, number>();
  for (const [index, item] of list.entries()) {
    const place = `${name}[${index}]`;
    const fault = findValueFault(items as Schema, item, place);
    if (fault) return fault;
    if (!maxItems) continue;
    if (firsts.has(item)) return `${place} must not repeat ${name}[${firsts.get(item)}]`;
    firsts.set(item, index);
    if (`${item}`.includes(",")) return `${place} must not contain a comma`;
  }
  return undefined;
}

export function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}
