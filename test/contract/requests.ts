/** The operations with the data of the tests: valid requests, and the examples of the answers. */
import { type Field, type Input, type Operation, readDescription } from "@dingrole/spec";

export interface Envelope {
  /** Missing if the IP is blocked. In a few examples it is a string. */
  errcode?: number | string;
  errmsg?: string;
  sub_code?: string;
  request_id?: string;
  [field: string]: unknown;
}

export interface CalledOperation extends Pick<Operation, "id" | "method" | "path" | "result" | "success"> {
  /** The input of the client's method. */
  input: Input;
  /** The same fields as texts. The query has a token, too. */
  query: Record<string, string>;
  form: Record<string, string> | undefined;
  queryFields: readonly Field[];
  formFields: readonly Field[];
  examples: Record<string, Envelope>;
}

const description = readDescription();

export const tokenParameter = description.token.parameter;

/** The examples of the gateway's answers: an envelope, or a page. */
export const gatewayExamples = valuesOf<Envelope | string>(description.gateway.examples);

/** Every operation with its first input. */
export const operations = description.operations.map((each) => toCalled(each, inputsOf(each)[0] ?? {}));

/** Every operation with each of its inputs. */
export const calls = description.operations.flatMap((each) => inputsOf(each).map((input) => toCalled(each, input)));

/** Whether an answer is a success. */
export const isSuccess = ({ errcode }: Envelope) => errcode === 0 || errcode === "0";

/** The part of a success that the client returns. */
export function resultOf({ errcode, errmsg, request_id, ...result }: Envelope): object {
  return result;
}

function toCalled(operation: Operation, input: Input): CalledOperation {
  const { id, method, path, needsToken, query, form, result, success, examples } = operation;
  return {
    id,
    method,
    path,
    input,
    query: { ...toTexts(query, input), ...(needsToken && { [tokenParameter]: "6d1bxxxx" }) },
    form: form && toTexts(form, input),
    queryFields: query,
    formFields: form ?? [],
    result,
    success,
    examples: valuesOf<Envelope>(examples),
  };
}

/** The inputs of the examples. If an optional field may only be left out by a word, they have that word. */
function inputsOf({ inputExamples, query, form = [] }: Operation): Input[] {
  const words = [...query, ...form].flatMap(({ name, omitted }) => (omitted === undefined ? [] : [[name, omitted]]));
  return Object.values(inputExamples).map(({ value }) => ({ ...Object.fromEntries(words), ...value }));
}

/** The fields of an input as a query or a form has them. Commas join the items of a list. */
function toTexts(fields: readonly Field[], input: Input): Record<string, string> {
  const sent = fields.filter(
    ({ name, omitted }) => name in input && (omitted === undefined || input[name] !== omitted),
  );
  return Object.fromEntries(sent.map(({ name }) => [name, String(input[name])]));
}

function valuesOf<Value>(examples: Operation["examples"]): Record<string, Value> {
  return Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value as Value]));
}
