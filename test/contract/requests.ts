/** The operations with the data of the tests: a valid request, and the examples of the answers. */
import { type Field, type Input, type Operation, readDescription } from "@dingrole/spec";

export interface Envelope {
  /** Missing if the IP is blocked. */
  errcode?: number;
  errmsg?: string;
  sub_code?: string;
  request_id?: string;
  [field: string]: unknown;
}

export interface CalledOperation {
  id: string;
  method: string;
  path: string;
  /** The input of the client's method. */
  input: Input;
  /** The same fields as texts. The query has a token, too. */
  query: Record<string, string>;
  form: Record<string, string> | undefined;
  /** The names of required fields, and of required fields that must not be empty. */
  required: string[];
  nonEmpty: string[];
  examples: Record<string, Envelope>;
}

const description = readDescription();

export const tokenParameter = description.token.parameter;

/** The examples of the gateway's answers: an envelope, or a page. */
export const gatewayExamples = valuesOf<Envelope | string>(description.gateway.examples);

export const operations = description.operations.map((operation): CalledOperation => {
  const { id, method, path, needsToken, query, form, inputExamples, examples } = operation;
  const input = Object.values(inputExamples)[0]?.value ?? {};
  const required = [...query, ...(form ?? [])].filter(({ isRequired }) => isRequired);
  return {
    id,
    method,
    path,
    input,
    query: { ...toTexts(query, input), ...(needsToken && { [tokenParameter]: "6d1bxxxx" }) },
    form: form && toTexts(form, input),
    required: required.map(({ name }) => name),
    nonEmpty: required.filter(({ minLength = 0 }) => minLength > 0).map(({ name }) => name),
    examples: valuesOf<Envelope>(examples),
  };
});

function toTexts(fields: readonly Field[], input: Input): Record<string, string> {
  return Object.fromEntries(fields.filter(({ name }) => name in input).map(({ name }) => [name, String(input[name])]));
}

function valuesOf<Value>(examples: Operation["examples"]): Record<string, Value> {
  return Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value as Value]));
}
