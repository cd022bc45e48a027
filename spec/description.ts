/**
 * The one reader of the description: the OpenAPI document as typed operations, error codes and facts of the gateway.
 * The lint rules have checked the document, so nothing is checked again here.
 */
import { readFileSync } from "node:fs";
import type {
  Content,
  Document,
  MediaType,
  MemoryExtension,
  OpenApiOperation,
  OpenApiSchema,
  PagingExtension,
  Parameter,
  SecurityScheme,
} from "./document.ts";
import { toClaims } from "./evidence.ts";

export interface Description {
  title: string;
  summary: string;
  version: string;
  servers: readonly Server[];
  tags: readonly Tag[];
  operations: readonly Operation[];
  /** All error codes of DingTalk, in ascending order. */
  errorCodes: readonly ErrorCode[];
  gateway: Gateway;
  token: Token;
  /** The sources, by the name in a claim's `source`. */
  sources: Readonly<Record<string, Source>>;
  /** The things that operations create, read and delete, by name. */
  resources: Readonly<Record<string, Resource>>;
}

export interface Operation {
  /** The `operationId`. */
  id: string;
  method: "GET" | "POST";
  path: string;
  tag: string;
  summary: string;
  description: string;
  evidence: readonly Claim[];
  /** The effect of a call, in the words of RFC 9110, section 9.2. */
  effect: "safe" | "idempotent" | "neither";
  needsToken: boolean;
  appTypes: readonly string[];
  /** The permissions: the key is the name in DingTalk's console, the value its title. */
  permissions: Readonly<Record<string, string>>;
  query: readonly Field[];
  /** `undefined` if the operation takes no form. */
  form: readonly Field[] | undefined;
  /** The schemas of its answers: a success, a failure, and an IP block. */
  answers: readonly Schema[];
  /** The fields of the success answer, without `errcode`, `errmsg` and `request_id`. */
  result: readonly Field[];
  /** How to page through the answers, if the operation answers page by page. */
  paging?: Paging;
  /** The lists of its form that may be split over several calls. */
  batches: readonly string[];
  /** The codes that prove that the effect is in place, when they answer a resend after an unknown outcome. */
  provesEffect: readonly number[];
  /** Complete inputs, by name. An operation without a form has one input, from the examples of its fields. */
  inputExamples: Readonly<Record<string, InputExample>>;
  /** Answers, by name. */
  examples: Readonly<Record<string, Example>>;
  /** The name of the first example of a success. */
  success: string;
  /** The codes that its callers meet. */
  errcodes: readonly ErrorCode[];
  /** The codes, and the names of the examples of answers, that similar operations have, too. */
  common: { errcodes: readonly number[]; examples: readonly string[] };
  /** The example with which the gateway refuses a call, by the reason. */
  refusals: Readonly<Record<Refusal, string>>;
  /** The example with which it refuses a call for an invalid field, by the field. Any other field has `refusals.invalidInput`. */
  refusedFields: Readonly<Record<string, string>>;
  /** Its effect on the things of a resource. `undefined` if it has none. */
  memory?: Memory;
}

/** The effect of an operation on the things of a resource. `attribute` of a field says which attribute it holds. */
export interface Memory {
  verb: "creates" | "reads" | "lists" | "updates" | "deletes";
  resource: string;
  /**
   * The example with which it refuses a call, by the reason. `missing.role`: that role does not exist. `taken`: another thing has
   * the name. `held`: other things belong to it. `closed`: it is built in.
   */
  refuses: Readonly<Record<string, string>>;
}

export interface Resource {
  /** Who assigns its id: this API, or another one. Without an id, the things that it belongs to identify it. */
  id?: "new" | "given";
  /** The resources that it belongs to. */
  of: readonly string[];
  /** The resources that it has a list of. */
  has: readonly string[];
  /** The things that a new organization has. */
  start: readonly unknown[];
  evidence: readonly Claim[];
}

/** Offset paging. The fields of the input have a default, and are always sent together. */
export interface Paging {
  /** The field of the input with the number of rows to skip. */
  offset: string;
  /** The field of the input with the number of rows of a page. */
  size: string;
  /** The greatest size of a page. */
  maximum: number;
  /** The path of the rows in the result. */
  items: readonly string[];
  /** The path of the boolean in the result that says whether another page follows. */
  more: readonly string[];
}

export type Input = Readonly<Record<string, unknown>>;

export interface Schema {
  type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  description: string;
  isDeprecated: boolean;
  /** Whether the value can also be null. */
  isNullable: boolean;
  /** Whether the value must never be shown. */
  isSecret: boolean;
  example?: unknown;
  default?: unknown;
  enum?: readonly unknown[];
  format?: string;
  minLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  /** The items, if it is an array. An array in a form is a comma-separated text on the wire. */
  items?: Schema;
  /** The fields, if it is an object. */
  fields?: readonly Field[];
  /** The attribute of a resource that it holds, such as `role.id`. */
  attribute?: string;
  evidence: readonly Claim[];
}

export interface Field extends Schema {
  name: string;
  isRequired: boolean;
  /** Other names that the gateway accepts for it. */
  aliases: readonly string[];
  /** The word with which a caller says that the field is left out, if that has a wide effect. */
  omitted?: string;
}

export interface InputExample {
  summary: string;
  value: Input;
  evidence: readonly Claim[];
}

export interface Example {
  summary: string;
  mediaType: string;
  value: unknown;
  evidence: readonly Claim[];
}

export interface Claim {
  grade: "documented" | "observed" | "inferred";
  /** A name in `sources`. */
  source: string;
  /** The part that the claim is about; by default all. */
  of?: string | number;
  note?: string;
}

export interface Source {
  title: string;
  url?: string;
}

export interface ErrorCode {
  code: number;
  class: string;
  evidence: Claim["grade"];
  meaning: string;
  keywords: readonly string[];
  action: string;
  outcome?: "unknown";
  retry?: "new-token" | "next-second" | "back-off";
  note?: string;
}

export interface Gateway {
  /** The answers that come before an operation sees the call, by name. */
  examples: Readonly<Record<string, Example>>;
  refusals: Readonly<Record<Refusal, string>>;
  accepts: readonly string[];
  limits: {
    app: { calls: number; seconds: number };
    ip: { calls: number; seconds: number; blockSeconds: number };
  };
}

type Refusal =
  | "unknownPath"
  | "wrongMethod"
  | "missingToken"
  | "invalidToken"
  | "expiredToken"
  | "invalidInput"
  | "rateLimited"
  | "ipBlocked";

export interface Token {
  /** The query parameter that carries the token. */
  parameter: string;
  description: string;
  evidence: readonly Claim[];
  issuedBy: Operation;
  /** The fields of that operation's answer: the token, and its lifetime in seconds. */
  value: string;
  lifetime: string;
}

export interface Server {
  /** In lower case. */
  region: string;
  title: string;
  url: string;
}

export interface Tag {
  name: string;
  description: string;
}

/** Reads the bundled description. `npx turbo run build --filter=@dingrole/spec` writes it. */
export function readDescription(): Description {
  return toDescription(read("openapi.dereferenced.json") as Document);
}

export function toDescription(document: Document): Description {
  const { info, servers, tags, components } = document;
  const { "x-gateway": gateway, "x-error-codes": errorCodes, "x-sources": sources } = document;
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => toOperation(document, path, method, operation)),
  );
  const { operation: issuer, value, lifetime } = gateway.token;
  const [credential] = Object.values(components.securitySchemes) as [SecurityScheme];
  return {
    title: info.title,
    summary: info.summary,
    version: info.version,
    servers: servers.map(({ url, description }) => ({ region: description.toLowerCase(), title: description, url })),
    tags,
    operations,
    errorCodes,
    gateway: {
      examples: toExamples(gateway.answer.content),
      refusals: gateway.refusals,
      accepts: gateway.accepts ?? [],
      limits: gateway.limits,
    },
    token: {
      parameter: credential.name,
      description: credential.description ?? "",
      evidence: toClaims(credential),
      issuedBy: operations.find(({ id }) => id === issuer) as Operation,
      value,
      lifetime,
    },
    sources,
    resources: Object.fromEntries(
      Object.entries(document["x-resources"]).map(([name, each]) => [name, toResource(each)]),
    ),
  };
}

function toResource({ id, of = [], has = [], start = [], ...own }: Document["x-resources"][string]): Resource {
  return { ...(id && { id }), of, has, start, evidence: toClaims(own) };
}

/** The description as an OpenAPI document, for a tool that takes one. */
export function readDocument(): Record<string, unknown> {
  return read("openapi.json") as Record<string, unknown>;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`dist/${file}`, import.meta.url), "utf8"));
}

const formType = "application/x-www-form-urlencoded";

function toOperation(document: Document, path: string, method: string, operation: OpenApiOperation): Operation {
  const { operationId: id, summary, tags, description = "", security = document.security } = operation;
  const { content } = operation.responses[200];
  const answers = content["application/json"]?.schema.oneOf ?? [];
  const success = answers.find(isSuccessSchema) as OpenApiSchema;
  const form = operation.requestBody?.content[formType];
  const query = (operation.parameters ?? []).map(toParameter);
  const formFields = form ? toFields(form.schema) : [];
  const examples = toExamples(content);
  const isSuccess = ({ value }: Example) => String((value as { errcode?: unknown }).errcode) === "0";
  const { "x-paging": paging, "x-batches": batches = [], "x-proves-effect": provesEffect = [] } = operation;
  const { "x-refusals": { fields: refusedFields = {}, ...refusals } = {}, "x-memory": memory } = operation;
  return {
    id,
    method: method.toUpperCase() as Operation["method"],
    path,
    tag: tags[0],
    summary,
    description,
    evidence: toClaims(operation),
    effect: operation["x-effect"],
    needsToken: security.length > 0,
    appTypes: operation["x-app-types"],
    permissions: operation["x-permissions"],
    query,
    form: form && formFields,
    answers: answers.map(toSchema),
    result: toFields(success).filter(({ name }) => !["errcode", "errmsg", "request_id"].includes(name)),
    ...(paging && { paging: toPaging(paging, formFields) }),
    batches,
    provesEffect,
    inputExamples: toInputExamples(query, form),
    examples,
    success: Object.entries(examples).find(([, each]) => isSuccess(each))?.[0] ?? "",
    common: security.length > 0 ? toCommon(document, path) : { errcodes: [], examples: [] },
    errcodes: document["x-error-codes"].filter(({ code }) => operation["x-errcodes"].includes(code)),
    refusals: { ...document["x-gateway"].refusals, ...refusals },
    refusedFields,
    ...(memory && { memory: toMemory(memory) }),
  };
}

function toMemory({ refuses: { missing = {}, ...reasons } = {}, ...verbs }: MemoryExtension): Memory {
  const [[verb, resource]] = Object.entries(verbs) as [[Memory["verb"], string]];
  const refuses = Object.entries(missing).map(([each, example]) => [`missing.${each}`, example]);
  return { verb, resource, refuses: { ...Object.fromEntries(refuses), ...reasons } };
}

function toCommon({ "x-gateway": { common = {} } }: Document, path: string): Operation["common"] {
  const all = Object.entries(common).filter(([start]) => path.startsWith(start));
  return {
    errcodes: all.flatMap(([, { errcodes }]) => errcodes),
    examples: all.flatMap(([, { examples }]) => Object.keys(examples)),
  };
}

/** In some of DingTalk's examples, the `errcode` of a success is a string. */
function isSuccessSchema({ properties = {} }: OpenApiSchema): boolean {
  return properties.errcode?.const === 0 || properties.errcode?.anyOf?.[0]?.const === 0;
}

function toPaging({ items, more, ...names }: PagingExtension, form: readonly Field[]): Paging {
  const size = form.find(({ name }) => name === names.size) as Field;
  return { ...names, maximum: size.maximum as number, items: items.split("."), more: more.split(".") };
}

function toParameter({ name, required = false, schema, ...own }: Parameter): Field {
  return { ...toSchema({ ...schema, ...own }), name, isRequired: required, aliases: own["x-aliases"] ?? [] };
}

function toFields({ properties = {}, required = [] }: OpenApiSchema): Field[] {
  return Object.entries(properties).map(([name, schema]) => ({
    ...toSchema(schema),
    name,
    isRequired: required.includes(name),
    aliases: [],
    ...(schema["x-omitted"] && { omitted: schema["x-omitted"] }),
  }));
}

function toSchema(schema: OpenApiSchema): Schema {
  const {
    anyOf = [],
    type = anyOf[0]?.type,
    description = "",
    deprecated = false,
    examples = [],
    example = examples[0],
    items,
    properties,
  } = schema;
  const [name, alternative] = [type].flat() as [Schema["type"], string?];
  return {
    type: name,
    description,
    isDeprecated: deprecated,
    isNullable: alternative === "null",
    isSecret: schema.format === "password",
    ...(example !== undefined && { example }),
    ...(schema.default !== undefined && { default: schema.default }),
    ...((schema.enum || anyOf.length > 0) && { enum: schema.enum ?? anyOf.map((each) => each.const) }),
    ...(schema.format && { format: schema.format }),
    ...pickLimits(schema),
    ...(items && { items: toSchema(items) }),
    ...(properties && { fields: toFields(schema) }),
    ...(schema["x-attribute"] && { attribute: schema["x-attribute"] }),
    evidence: toClaims(schema),
  };
}

const limits = ["minLength", "minimum", "maximum", "pattern", "minItems", "maxItems", "uniqueItems"] as const;

function pickLimits(schema: OpenApiSchema): Pick<Schema, (typeof limits)[number]> {
  return Object.fromEntries(limits.filter((name) => schema[name] !== undefined).map((name) => [name, schema[name]]));
}

function toInputExamples(query: Field[], form?: MediaType): Operation["inputExamples"] {
  const values = query.map((field) => [field.name, field.example ?? field.default]);
  const inQuery = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  if (!form) return { example: { summary: "An example of each field", value: inQuery, evidence: [] } };
  const examples = Object.entries(form.examples).map(([name, each]): [string, InputExample] => [
    name,
    { summary: each.summary, value: { ...inQuery, ...(each.value as Input) }, evidence: toClaims(each) },
  ]);
  return Object.fromEntries(examples);
}

function toExamples(content: Content): Readonly<Record<string, Example>> {
  const entries = Object.entries(content).flatMap(([mediaType, { examples }]) =>
    Object.entries(examples).map(([name, each]): [string, Example] => [
      name,
      { summary: each.summary, mediaType, value: each.value, evidence: toClaims(each) },
    ]),
  );
  return Object.fromEntries(entries);
}
