/** The OpenAPI document as `npm run lint` has checked it and Redocly has bundled it, without a `$ref`. */
import type { Claim, ErrorCode, Gateway, Memory, Operation, Resource, Schema, Source, Tag } from "./description.ts";

export interface Document {
  info: { title: string; summary: string; version: string };
  servers: { url: string; description: string }[];
  tags: Tag[];
  security: object[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { securitySchemes: Record<string, SecurityScheme> };
  "x-error-codes": ErrorCode[];
  "x-gateway": {
    answer: { content: Content };
    refusals: Gateway["refusals"];
    accepts?: string[];
    /** By the start of the path. Each operation with a token also has them itself. */
    common?: Record<string, { errcodes: number[]; examples: Record<string, object> }>;
    limits: Gateway["limits"];
    token: { operation: string; value: string; lifetime: string };
  };
  "x-sources": Record<string, Source>;
  "x-resources": Record<
    string,
    HasEvidence & { id?: Resource["id"]; of?: string[]; has?: string[]; start?: unknown[] }
  >;
}

export interface HasEvidence {
  "x-evidence"?: Claim | Claim[];
}

export interface OpenApiOperation extends HasEvidence {
  operationId: string;
  tags: [string];
  summary: string;
  description?: string;
  security?: object[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: { 200: { content: Content } };
  "x-app-types": string[];
  "x-effect": Operation["effect"];
  "x-errcodes": number[];
  "x-permissions": Record<string, string>;
  "x-paging"?: PagingExtension;
  "x-batches"?: string[];
  "x-proves-effect"?: number[];
  "x-refusals"?: Partial<Gateway["refusals"]> & { fields?: Record<string, string> };
  "x-memory"?: MemoryExtension;
}

/** One verb, with a resource. The refusals name examples; those of `missing` are by resource. */
export type MemoryExtension = { [Verb in Memory["verb"]]?: string } & {
  refuses?: { missing?: Record<string, string>; taken?: string; held?: string; closed?: string };
};

/** The names of two fields of the input, and the dotted paths of two fields of the answer. */
export interface PagingExtension {
  offset: string;
  size: string;
  items: string;
  more: string;
}

export interface Parameter extends HasEvidence {
  name: string;
  required?: boolean;
  schema: OpenApiSchema;
  description?: string;
  deprecated?: boolean;
  example?: unknown;
  "x-aliases"?: string[];
}

export interface SecurityScheme extends HasEvidence {
  name: string;
  description?: string;
}

export interface OpenApiSchema extends HasEvidence {
  type?: Schema["type"] | [Schema["type"], "null"];
  description?: string;
  deprecated?: boolean;
  example?: unknown;
  examples?: unknown[];
  default?: unknown;
  enum?: unknown[];
  format?: string;
  minLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  items?: OpenApiSchema;
  properties?: Record<string, OpenApiSchema>;
  required?: readonly string[];
  const?: unknown;
  oneOf?: OpenApiSchema[];
  /** The two values of an `errcode`. An `enum` of both makes orval generate code that does not compile. */
  anyOf?: OpenApiSchema[];
  "x-omitted"?: string;
  "x-attribute"?: string;
}

export type Content = Record<string, MediaType>;

export interface MediaType {
  schema: OpenApiSchema;
  examples: Record<string, { summary: string; value: unknown } & HasEvidence>;
}
