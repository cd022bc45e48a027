/** The description, read for what the tests need of each operation: nothing here is known otherwise. */
import openapi from "@dingrole/spec/openapi.dereferenced.json" with { type: "json" };

type Json = any;

export interface Envelope {
  errcode: number;
  errmsg?: string;
  sub_code?: string;
  request_id?: string;
  [field: string]: unknown;
}

export interface SpecOperation {
  id: string;
  method: string;
  path: string;
  query: Record<string, string>;
  form: Record<string, string> | undefined;
  examples: Record<string, Envelope>;
}

const spec = openapi as Json;
const formType = "application/x-www-form-urlencoded";

export const tokenParameter: string = spec.components.securitySchemes.accessToken.name;
export const operations: SpecOperation[] = Object.entries<Json>(spec.paths).flatMap(([path, item]) =>
  Object.entries<Json>(item).map(([method, operation]) => ({
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    query: {
      ...Object.fromEntries((operation.parameters ?? []).map((each: Json) => [each.name, each.example])),
      ...(operation.security?.length === 0 ? {} : { [tokenParameter]: "6d1bxxxx" }),
    },
    form: operation.requestBody && firstValue(operation.requestBody.content[formType].examples),
    examples: mapValues(operation.responses[200].content["application/json"].examples, ({ value }) => value),
  })),
);

function firstValue(examples: Json) {
  return Object.values<Json>(examples)[0].value;
}

function mapValues(record: Json, map: (value: Json) => Json): Json {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
