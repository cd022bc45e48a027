/** The OpenAPI document as `npm run lint` has checked it and Redocly has bundled it, without a `$ref`. */
import type { Claim, ErrorCode, Gateway, Operation, Schema, Source, Tag } from "./description.ts";

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
    limits: Gateway["limits"];
    token: { operation: string; value: string; lifetime: string };
  };
  "x-sources": Record<string, Source>;
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
  "x-refusals"?: Partial<Gateway["refusals"]>;
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
  type: Schema["type"];
  description?: string;
  deprecated?: boolean;
  example?: unknown;
  examples?: unknown[];
  default?: unknown;
  enum?: unknown[];
  format?: string;
  minLength?: number;
  items?: OpenApiSchema;
  properties?: Record<string, OpenApiSchema>;
  required?: string[];
  const?: unknown;
  oneOf?: OpenApiSchema[];
}

export type Content = Record<string, MediaType>;

export interface MediaType {
  schema: OpenApiSchema;
  examples: Record<string, { summary: string; value: unknown } & HasEvidence>;
}
