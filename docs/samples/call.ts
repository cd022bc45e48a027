/** The values that the samples of an operation send and the fields that they print. They fill every template. */
import type { Description, Field, Operation } from "@dingrole/spec";

export interface Call {
  /** The `operationId`, and the same as the name of a class. */
  id: string;
  className: string;
  method: Operation["method"];
  host: string;
  path: string;
  effect: Operation["effect"];
  paging: Operation["paging"];
  /** The token comes first. */
  query: readonly Value[];
  /** `undefined` if the operation takes no form. */
  form: readonly Value[] | undefined;
  /** The fields that the example leaves out, with the word that says so in a call of the client. */
  omitted: Readonly<Record<string, string>>;
  /** The fields that the full program checks and prints: the first one on stdout, for scripts, and the others on stderr. */
  results: readonly Field[];
  /** The part of the answer that the short sample prints. Without a result, it prints the whole answer. */
  output: Output | undefined;
  /** Whether its result is the token that the other operations need. */
  issuesToken: boolean;
}

/** A field with the value that the samples send. */
export interface Value {
  name: string;
  value: unknown;
  /** The value as a text, before percent-encoding. The items of a list are joined with commas. */
  text: string;
  /** The items of a list as texts, for a program that joins them. */
  items?: readonly string[];
  isSecret: boolean;
  /** The environment variable that has the value, if the program must not contain it. */
  variable?: string;
}

/** The output of a short sample: a field of the answer, or some columns of an object or of each row of a list. */
export interface Output {
  /** The names of fields that lead from the answer to the value. */
  path: readonly [Field, ...Field[]];
  isList: boolean;
  /** The first fields of the object or of the rows. A value without fields has none. */
  columns: readonly Field[];
}

/** The command line uses the same names for these variables. */
export const variables = {
  token: "DINGTALK_ACCESS_TOKEN",
  appKey: "DINGTALK_APP_KEY",
  appSecret: "DINGTALK_APP_SECRET",
  baseUrl: "DINGTALK_BASE_URL",
};

export const formType = "application/x-www-form-urlencoded";

export function toCall(operation: Operation, { servers, token }: Description): Call {
  const { id, method, path, effect, paging, query, form, result } = operation;
  const [example] = Object.values(operation.inputExamples);
  const issuesToken = operation === token.issuedBy;
  const toValues = (fields: readonly Field[]) =>
    fields
      .filter(({ name, isRequired }) => isRequired || example?.value[name] !== undefined)
      .map((field): Value => {
        const value =
          example?.value[field.name] ?? field.example ?? field.default ?? field.enum?.[0] ?? defaults[field.type];
        const variable = variableOf(field, issuesToken);
        return {
          name: field.name,
          value,
          text: String(value),
          ...(Array.isArray(value) && { items: value.map(String) }),
          isSecret: field.isSecret,
          ...(variable && { variable }),
        };
      });
  const results = result.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
  const credential = { name: token.parameter, value: "", text: "", isSecret: true, variable: variables.token };
  return {
    id,
    className: `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
    method,
    host: servers[0]?.url ?? "",
    path,
    effect,
    paging,
    query: [...(operation.needsToken ? [credential] : []), ...toValues(query)],
    form: form && toValues(form),
    omitted: Object.fromEntries(
      (form ?? [])
        .filter(({ name }) => example?.value[name] === undefined)
        .flatMap(({ name, omitted }) => (omitted ? [[name, omitted]] : [])),
    ),
    output: toOutput(results[0]),
    results,
    issuesToken,
  };
}

function toOutput(field: Field | undefined): Output | undefined {
  if (!field) return undefined;
  const list = field.fields?.find(({ type }) => type === "array");
  const { type, items, fields = [] } = list ?? field;
  const isList = type === "array" && items !== undefined;
  const columns = (isList ? (items.fields ?? []) : fields).filter(({ type }) => type !== "array" && type !== "object");
  return { path: list ? [field, list] : [field], isList, columns: columns.slice(0, 2) };
}

/** A list as its text: a short sample shows what is sent. */
export const asText = ({ items: _, ...value }: Value): Value => value;

export const valuesOf = ({ query, form = [] }: Call): readonly Value[] => [...query, ...form];

/**
 * Whether a full program fails without the field. It fails without an optional first one, too: otherwise it would print
 * nothing. But a list may be left out if it is empty.
 */
export const isNeeded = (field: Field, index: number): boolean =>
  !isOptional(field) || (index === 0 && field.type !== "array");

export const isOptional = ({ isRequired, isNullable }: Field): boolean => !isRequired || isNullable;

/** The environment variables that a program needs. */
export const variablesOf = (call: Call): string[] => valuesOf(call).flatMap(({ variable }) => variable ?? []);

/** The constants for the values of environment variables, named like the options of the client. */
export const constantFor = (variable: string) =>
  variable
    .replace("DINGTALK_", "")
    .toLowerCase()
    .replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());

const defaults = { string: "text", integer: 1, number: 1, boolean: true, array: [], object: {} };

/** The app's key and secret, which get the token, and every secret come from the environment. */
function variableOf({ name, isSecret }: Field, issuesToken: boolean): string | undefined {
  if (issuesToken) return isSecret ? variables.appSecret : variables.appKey;
  return isSecret ? `DINGTALK_${name.toUpperCase()}` : undefined;
}

/** Says how to get the other rows, if an answer has only a page of them. */
export function nextPage({ paging }: Call): string | undefined {
  if (!paging) return undefined;
  return `While ${paging.more.join(".")} is true, there are more rows: call it again, with the ${paging.offset} plus the number of rows.`;
}

/** The comments that all templates have. */
export const notes = {
  failure: "A failure is HTTP 200, too.",
  failureInBody: "A failure is HTTP 200, too: its errcode is not 0.",
  noRetry:
    "No retry: after a timeout it is unknown whether DingTalk carried the call out. Look first, before you send it again.",
  redirect: "A redirect would carry the credential elsewhere.",
  wrapped: "Under errcode 88 the real code is sub_code.",
  keep: "Keep it while it is valid: frequent calls are rate-limited.",
  noErrcode: "no errcode: is the IP blocked? Stop for 5 minutes",
};
