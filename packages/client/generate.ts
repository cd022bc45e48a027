/**
 * Generates, for each operation of the description, what the client needs to know of it: the row of the table that the
 * runtime reads, and named, expanded types that cost the editor nothing to compute.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Operation } from "./src/operation.ts";
import type { Fields, Schema } from "./src/schema.ts";

type Json = any; // The description is data: what the generator relies on, it checks.

/** Keywords that say nothing to the runtime: prose, and limits that are left to DingTalk. */
const unchecked = ["description", "title", "example", "examples", "default", "deprecated", "format"].concat([
  "minLength",
  "maxLength",
  "pattern",
  "minimum",
  "maximum",
  "enum",
  "minItems",
  "maxItems",
  "required",
]);

/** The part of a JSON Schema that the runtime checks. A keyword that it does not know is refused here, not dropped. */
function checkable(schema: Json, at: string): Schema {
  for (const keyword of Object.keys(schema))
    if (!["type", "properties", "items", ...unchecked].includes(keyword) && !keyword.startsWith("x-"))
      throw new Error(`${at}: the client does not know \`${keyword}\`: teach it to packages/client/src/schema.ts.`);
  const { type, items, properties } = schema;
  if (type === "array" && !items) throw new Error(`${at}: an array says what its \`items\` are.`);
  if (!["string", "integer", "number", "boolean", "array", "object"].includes(type))
    throw new Error(`${at}: \`type\` is ${JSON.stringify(type)}: give it one JSON type.`);
  return {
    type,
    ...(schema.minLength > 0 && { nonEmpty: true }),
    ...(schema.format === "password" && { secret: true }),
    ...(items && { items: checkable(items, `${at}[]`) }),
    ...(properties && { fields: checkableFields(schema, at) }),
  };
}

function checkableFields({ properties = {}, required = [] }: Json, at: string): Fields {
  return mapValues(properties, (each: Json, name) => ({
    ...checkable(each, `${at}.${name}`),
    ...(!required.includes(name) && { optional: true }),
  }));
}

/** The fields that an operation takes, whether they ride in the query or in the form body. */
function inputFields(operation: Json, at: string) {
  const query: Json = { type: "object", properties: {}, required: [] };
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in !== "query")
      throw new Error(`${at}.${parameter.name}: a parameter in ${parameter.in} is not supported.`);
    query.properties[parameter.name] = { ...parameter, ...parameter.schema };
    for (const key of ["name", "in", "schema", "required"]) delete query.properties[parameter.name][key];
    if (parameter.required) query.required.push(parameter.name);
  }
  const [mediaType, ...others] = Object.keys(operation.requestBody?.content ?? {});
  if (mediaType && (others.length > 0 || mediaType !== "application/x-www-form-urlencoded"))
    throw new Error(`${at}: the body is not a form: ${[mediaType, ...others].join(", ")}.`);
  const form: Json | undefined = mediaType && operation.requestBody.content[mediaType].schema;
  return { query: operation.parameters?.length ? query : undefined, form };
}

/** The success answer without what every answer has. */
function resultSchema(operation: Json, at: string): Json {
  const answer = operation.responses?.["200"]?.content?.["application/json"]?.schema;
  const success = (answer?.oneOf ?? []).find((each: Json) => each.properties?.errcode?.const === 0);
  if (!success) throw new Error(`${at}: no schema of the 200 answer's oneOf has \`errcode\` with \`const: 0\`.`);
  const { errcode, errmsg, ...properties } = success.properties;
  const required = success.required?.filter((name: string) => name in properties);
  return { ...success, properties, required };
}

function typeText(schema: Json, indent: string): string {
  if (schema.enum) return schema.enum.map((each: unknown) => JSON.stringify(each)).join(" | ");
  if (schema.type === "array") return `Array<${typeText(schema.items, indent)}>`;
  if (schema.type === "object") return `{\n${fieldsText(schema, `${indent}  `)}${indent}}`;
  return schema.type === "integer" ? "number" : schema.type;
}

function fieldsText(schema: Json, indent: string): string {
  return Object.entries<Json>(schema.properties ?? {})
    .map(([name, field]) => {
      const optional = schema.required?.includes(name) ? "" : "?";
      const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
      return `${docComment(field, indent)}${indent}${key}${optional}: ${typeText(field, indent)};\n`;
    })
    .join("");
}

/** The description as the editor's hover text. */
function docComment(node: Json, indent: string): string {
  const example = node.example ?? node.examples?.[0];
  const lines = [node.summary && `${node.summary}.`, node.description?.trim()];
  if (node.default !== undefined) lines.push(`@default ${JSON.stringify(node.default)}`);
  if (node.deprecated) lines.push("@deprecated");
  if (example !== undefined) lines.push(`@example ${JSON.stringify(example)}`);
  const text = lines.filter(Boolean).join("\n\n").replaceAll("*/", "*\\/");
  if (!text) return "";
  const body = text.split("\n").map((line) => `${indent} * ${line}`.trimEnd());
  return `${indent}/**\n${body.join("\n")}\n${indent} */\n`;
}

function mapValues<In, Out>(record: Record<string, In>, map: (value: In, key: string) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function toSource(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/"(\w+)":/g, "$1:");
}

const header = `/**
 * This file was generated by packages/client/generate.ts from spec/openapi.yaml.
 * Do not make direct changes to the file.
 */`;

let spec: Json;

export async function generate(): Promise<Record<string, string>> {
  spec = JSON.parse(readFileSync(new URL(import.meta.resolve("@dingrole/spec/openapi.dereferenced.json")), "utf8"));
  let types = "";
  let methods = "";
  const table: Record<string, Operation> = {};

  for (const [path, item] of Object.entries<Json>(spec.paths)) {
    for (const [method, operation] of Object.entries<Json>(item)) {
      const id: string = operation.operationId;
      const { query, form } = inputFields(operation, id);
      const result = resultSchema(operation, id);
      const name = `${id[0]?.toUpperCase()}${id.slice(1)}`;
      const required = [...(query?.required ?? []), ...(form?.required ?? [])];
      const input = { properties: { ...query?.properties, ...form?.properties }, required };

      const fields = fieldsText(input, "  ");
      types += `/** What \`${id}\` takes. */\n`;
      types += fields
        ? `export interface ${name}Input {\n${fields}}\n\n`
        : `export type ${name}Input = Record<string, never>;\n\n`;
      types += `/** What \`${id}\` returns. */\nexport interface ${name}Result {\n${fieldsText(result, "  ")}}\n\n`;
      const [optional, orUndefined] = required.length === 0 ? ["?", " | undefined"] : ["", ""];
      const comment = docComment(operation, "  ");
      // An editor's signature help opens on the first overload.
      methods += `${comment}  ${id}(input${optional}: ${name}Input, options?: CallOptions): Promise<${name}Result>;\n`;
      methods += `${comment}  ${id}(input: ${name}Input${orUndefined}, options: ResponseOptions): Promise<WithResponse<${name}Result>>;\n`;
      methods +=
        "  /** @hidden The first overload again: `ReturnType` and a test runner's mocks read the last one. */\n";
      methods += `  ${id}(input: ${name}Input${orUndefined}, options: CallOptions | undefined): Promise<${name}Result>;\n`;
      table[id] = {
        method: method.toUpperCase(),
        path,
        ...((operation.security ?? spec.security ?? []).length === 0 && { open: true }),
        ...((operation["x-read-only"] ?? method === "get") && { read: true }),
        ...(query && { query: checkableFields(query, id) }),
        ...(form && { form: checkableFields(form, id) }),
        result: checkableFields(result, id),
      };
    }
  }

  const servers = Object.fromEntries(spec.servers.map((each: Json) => [each.description.toLowerCase(), each.url]));
  const credential = Object.values<Json>(spec.components.securitySchemes);
  if (credential.length !== 1 || credential[0].type !== "apiKey" || credential[0].in !== "query")
    throw new Error("components.securitySchemes: the client knows one scheme, an apiKey in the query.");

  return {
    "types.ts": `${header}
import type { CallOptions, ResponseOptions, WithResponse } from "../client-options.ts";

${types}/** A method for each operation of the description. */
export interface Operations {
${methods}}

/** The \`operationId\` of each operation of the description. */
export type OperationId = keyof Operations;
`,
    "operations.ts": `${header}
import type { Operation } from "../operation.ts";
import type { OperationId } from "./types.ts";

export const operations: Record<OperationId, Operation> = ${toSource(table)};

/** The query parameter that carries the access token. */
export const tokenParameter = ${toSource(credential[0].name)};

/** The API's hosts. */
export const servers = ${toSource(servers)};

/** Their names, for a message. Made here: a computed one is in every bundle, wanted or not. */
export const regions = ${toSource(Object.keys(servers).join(" or "))};
`,
    "codes.ts": codesFile(),
    "error-codes.ts": errorCodesFile(),
  };
}

/** The codes that the operations list, or that say what may be sent again: what every client carries. */
function codesFile(): string {
  const operations = Object.values<Json>(spec.paths).flatMap((item) => Object.values<Json>(item));
  const listed = new Set(operations.flatMap((operation) => operation["x-errcodes"] ?? []));
  const known = spec["x-error-codes"].filter(({ code, outcome, retry }: Json) => listed.has(code) || outcome || retry);
  // A wrapper without a code in it says nothing of what happened.
  const categories = spec["x-error-codes"]
    .map((row: Json) => row.class)
    .filter((name: string) => !/^(success|wrapper)$/.test(name));
  const entries = known.map((row: Json) => {
    const category = row.class === "wrapper" ? "other" : row.class;
    const known = [category, row.action, row.outcome ?? row.retry].filter((each) => each !== undefined);
    return `  // ${row.meaning}\n  [${row.code}]: ${JSON.stringify(known)},\n`;
  });
  return `${header}
import type { KnownCode } from "../operation.ts";

/** The codes that the operations list, and the others whose outcome may be unknown. */
export type KnownErrcode = ${known.map(({ code }: Json) => code).join(" | ")};

/** An errcode: a known one, or any other. */
export type Errcode = KnownErrcode | (number & {});

/** What kind of failure a code says. */
export type Category = ${unionOf(categories)};

export const codes: { readonly [code: number]: KnownCode<Category> } = {
${entries.join("")}};
`;
}

/** All of DingTalk's codes, for those who ask. */
function errorCodesFile(): string {
  const rows: Json[] = spec["x-error-codes"];
  return `${header}

/** What is known of one of DingTalk's global error codes. */
export interface ErrorCode {
  /** This project's reading of what kind of failure it is. */
  readonly class: ${unionOf(rows.map((row) => row.class))};
  /** How well the code and its meaning are known. */
  readonly evidence: "documented" | "observed" | "inferred";
  readonly meaning: string;
  /** Chinese words of the meaning, to search by. They are this project's, not DingTalk's message. */
  readonly keywords: readonly string[];
  /** This project's advice. */
  readonly action: string;
  readonly note?: string;
}

/** DingTalk's global error codes, by code. */
export const errorCodes: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
${rows.map(({ code, outcome, retry, ...rest }) => `  [${code}, ${JSON.stringify(rest)}],\n`).join("")}]);
`;
}

function unionOf(names: string[]): string {
  return [...new Set(names)].map((name) => JSON.stringify(name)).join(" | ");
}

if (import.meta.main)
  for (const [file, text] of Object.entries(await generate()))
    writeFileSync(new URL(`src/generated/${file}`, import.meta.url), text);
