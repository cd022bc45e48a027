/** The description, read for what the tests need of each operation: nothing here is known otherwise. */
import openapi from "@dingrole/spec/openapi.dereferenced.json" with { type: "json" };

type Json = any;

export interface Envelope {
  /** None, where the IP is shut out. */
  errcode?: number;
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
  /** The names of the fields that a request cannot do without, and of those that must not be empty. */
  required: string[];
  nonEmpty: string[];
  examples: Record<string, Envelope>;
}

/** The examples of what the gateway answers ahead of any operation: an envelope, or a page. */
export const gatewayExamples: Record<string, Envelope | string> = Object.assign(
  {},
  ...Object.values<Json>((openapi as Json)["x-gateway"].answer.content).map(({ examples }) =>
    mapValues(examples, ({ value }) => value),
  ),
);

const spec = openapi as Json;
const formType = "application/x-www-form-urlencoded";

export const tokenParameter: string = spec.components.securitySchemes.accessToken.name;
export const operations: SpecOperation[] = Object.entries<Json>(spec.paths).flatMap(([path, item]) =>
  Object.entries<Json>(item).map(([method, operation]) => ({
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    query: {
      ...Object.fromEntries(parametersOf(operation).map((each) => [each.name, exampleOf(each)])),
      ...(operation.security?.length === 0 ? {} : { [tokenParameter]: "6d1bxxxx" }),
    },
    form: operation.requestBody && firstValue(operation.requestBody.content[formType].examples),
    ...limitsOf(operation),
    examples: mapValues(operation.responses[200].content["application/json"].examples, ({ value }) => value),
  })),
);

function parametersOf(operation: Json): Json[] {
  return (operation.parameters ?? []).filter((each: Json) => each.required || exampleOf(each) !== undefined);
}

function exampleOf({ example, schema }: Json) {
  return example ?? schema.examples?.[0] ?? schema.default;
}

function limitsOf(operation: Json) {
  const body = operation.requestBody?.content[formType].schema ?? {};
  const fields: [name: string, isRequired: boolean, schema: Json][] = [
    ...parametersOf(operation).map((each): [string, boolean, Json] => [each.name, each.required, each.schema]),
    ...Object.entries<Json>(body.properties ?? {}).map(([name, schema]): [string, boolean, Json] => [
      name,
      body.required?.includes(name),
      schema,
    ]),
  ];
  return {
    required: fields.filter(([, isRequired]) => isRequired).map(([name]) => name),
    nonEmpty: fields.filter(([, isRequired, { minLength }]) => isRequired && minLength > 0).map(([name]) => name),
  };
}

function firstValue(examples: Json) {
  return Object.values<Json>(examples)[0].value;
}

function mapValues(record: Json, map: (value: Json) => Json): Json {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
