/** The ways to break each field of an input or of a result, from its schema. */
import type { Field, Input, Schema } from "@dingrole/spec";
import type { CalledOperation } from "./requests.ts";

/** A value that a field of an input must not have. */
export interface InputFault {
  title: string;
  field: string;
  /** `undefined`: the field is left out. */
  value: unknown;
  /**
   * The same fault in a form or a query, in which everything is a text; `null`: the field is left out. It is missing if the text
   * would be valid: a form cannot tell the number 7 from the text 7.
   */
  text?: string | null;
  /** The client sends it: it leaves ranges to DingTalk. */
  isRange?: true;
}

export function inputFaultsOf(field: Field): InputFault[] {
  const { name, isRequired, omitted } = field;
  const missing =
    omitted === undefined ? [{ title: "no", value: undefined, text: null }] : [{ title: "no", value: undefined }];
  const faults = [...(isRequired || omitted !== undefined ? missing : []), ...valueFaultsOf(field)];
  return faults.map((fault) => ({ ...fault, title: `${fault.title} ${name}`, field: name }));
}

type ValueFault = Omit<InputFault, "field">;

function valueFaultsOf(field: Field): ValueFault[] {
  return [{ title: "a null as", value: null }, ...ofType[field.type](field)];
}

const outside = (title: string, value: number): ValueFault => ({ title, value, text: String(value), isRange: true });

const ofType: Record<Schema["type"], (field: Field) => ValueFault[]> = {
  string: ({ minLength = 0 }) => [
    { title: "a number as", value: 7 },
    { title: "a list as", value: ["a"] },
    { title: "half a surrogate pair as", value: "\ud83d" },
    ...(minLength > 0 ? [{ title: "an empty", value: "", text: "" }] : []),
  ],
  integer: ({ minimum, maximum }) => [
    { title: "a word as", value: "many", text: "many" },
    { title: "a number in quotes as", value: "7" },
    { title: "an empty text as", value: "", text: "" },
    { title: "a fraction as", value: 1.5, text: "1.5" },
    { title: "an unsafe integer as", value: 2 ** 53 },
    ...(minimum === undefined ? [] : [outside("a too small", minimum - 1)]),
    ...(maximum === undefined ? [] : [outside("a too large", maximum + 1)]),
  ],
  number: () => [{ title: "a word as", value: "many", text: "many" }],
  boolean: () => [{ title: "a word as", value: "perhaps", text: "perhaps" }],
  array: ({ items, isRequired, minItems = 0, maxItems, uniqueItems }) => {
    const { type, minLength = 0 } = items as Schema;
    const listOf = (count: number) =>
      Array.from({ length: count }, (_, index) => (type === "string" ? `a${index}` : index + 1));
    const [first, second] = listOf(2);
    const list = (title: string, value: unknown[]) => ({ title, value, text: String(value) });
    return [
      { title: "a text instead of the list", value: String(listOf(2)) },
      { title: "an object as", value: {} },
      { title: "a null in", value: [first, null] },
      ...(type === "string"
        ? [
            { title: "a number in", value: [first, 7] },
            { title: "an item with a comma in", value: [first, "b,c"] },
          ]
        : [
            list("a word in", [first, "many"]),
            list("a fraction in", [first, 1.5]),
            { title: "a number in quotes in", value: [first, "7"] },
            { title: "an unsafe integer in", value: [first, 2 ** 53] },
          ]),
      ...(minLength > 0 || type !== "string" ? [list("an empty item in", [first, ""])] : []),
      // For Prism an empty text of an optional list is the same as no list.
      ...(minItems > 0 ? [isRequired ? list("an empty", []) : { title: "an empty", value: [] }] : []),
      ...(maxItems === undefined ? [] : [list("too many", listOf(maxItems + 1))]),
      ...(uniqueItems ? [list("an item twice in", [first, second, first])] : []),
    ];
  },
  // No form contains an object.
  object: () => [],
};

/** The input with a broken field. */
export function breakInput(input: Input, { field, value }: InputFault): Input {
  const { [field]: _, ...others } = input;
  return value === undefined ? others : { ...others, [field]: value };
}

/** The same fault in the texts that are sent. */
export function breakTexts(operation: CalledOperation, { field, text }: InputFault): CalledOperation {
  const place = operation.queryFields.some(({ name }) => name === field) ? "query" : "form";
  const { [field]: _, ...others } = operation[place] ?? {};
  return { ...operation, [place]: typeof text === "string" ? { ...others, [field]: text } : others };
}

/** A result that differs from the complete one in one value. */
export interface ResultChange {
  title: string;
  /** Where the value is: `result.list[0].name`. */
  path: string;
  result: Record<string, unknown>;
  /** Whether the description allows it. */
  isAllowed: boolean;
}

/** All changes of one value. The complete result has every field of the schema, and one item in each list. */
export function resultChangesOf(fields: readonly Field[]): ResultChange[] {
  return changesOfFields(fields, completeResult(fields), "", (result) => result);
}

export function completeResult(fields: readonly Field[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.name, complete(field)]));
}

function complete({ type, example, items, fields, enum: allowed }: Schema): unknown {
  if (fields) return completeResult(fields);
  if (items) return [complete(items)];
  return example ?? allowed?.[0] ?? { string: "a", integer: 7, number: 7, boolean: true, array: [], object: {} }[type];
}

type Values = Record<string, unknown>;

/** `rebuild` returns the whole result with other values at this place. */
function changesOfFields(
  fields: readonly Field[],
  values: Values,
  prefix: string,
  rebuild: (values: Values) => Values,
) {
  return fields.flatMap((field): ResultChange[] => {
    const { [field.name]: value, ...others } = values;
    const path = prefix + field.name;
    const missing = { title: `no ${path}`, path, result: rebuild(others), isAllowed: !field.isRequired };
    return [missing, ...changesOfValue(field, value, path, (other) => rebuild({ ...values, [field.name]: other }))];
  });
}

function changesOfValue(schema: Schema, value: unknown, path: string, put: (value: unknown) => Values): ResultChange[] {
  const { type, isNullable, minLength = 0, items, fields } = schema;
  const change = (title: string, other: unknown, isAllowed = false) => ({
    title: `${title} ${path}`,
    path,
    result: put(other),
    isAllowed,
  });
  return [
    change("a null as", null, isNullable),
    ...wrongValues[type].map((other) => change(`${JSON.stringify(other)} as`, other)),
    ...(minLength > 0 ? [change("an empty", "")] : []),
    ...(items ? [change("an empty list as", [], true)] : []),
    ...(items ? changesOfValue(items, (value as unknown[])[0], `${path}[0]`, (item) => put([item])) : []),
    ...(fields ? changesOfFields(fields, value as Values, `${path}.`, put) : []),
  ];
}

const wrongValues: Record<Schema["type"], unknown[]> = {
  string: [7, ["a"], {}],
  integer: ["7", 1.5, 2 ** 53, [7]],
  number: ["7", [7]],
  boolean: ["true", 1, {}],
  array: ["a", {}],
  object: ["a", []],
};
