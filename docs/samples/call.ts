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
  /** The token comes first. */
  query: readonly Value[];
  /** `undefined` if the operation takes no form. */
  form: readonly Value[] | undefined;
  /** The fields that the full program checks and prints: the first one on stdout, for scripts, and the others on stderr. */
  results: readonly Field[];
  /** The short sample prints this field, or the whole answer if there is none. */
  result: Field | undefined;
  /** Whether its result is the token that the other operations need. */
  issuesToken: boolean;
}

/** A field with the value that the samples send. */
export interface Value {
  name: string;
  value: unknown;
  /** The value as a text, before percent-encoding. */
  text: string;
  isSecret: boolean;
  /** The environment variable that has the value, if the program must not contain it. */
  variable?: string;
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
  const { id, method, path, effect, query, form, result } = operation;
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
          isSecret: field.isSecret,
          ...(variable && { variable }),
        };
      });
  const credential = { name: token.parameter, value: "", text: "", isSecret: true, variable: variables.token };
  return {
    id,
    className: `${id.charAt(0).toUpperCase()}${id.slice(1)}`,
    method,
    host: servers[0]?.url ?? "",
    path,
    effect,
    query: [...(operation.needsToken ? [credential] : []), ...toValues(query)],
    form: form && toValues(form),
    result: result.find(({ isRequired }) => isRequired),
    results: result.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired)),
    issuesToken,
  };
}

export const valuesOf = ({ query, form = [] }: Call): readonly Value[] => [...query, ...form];

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
