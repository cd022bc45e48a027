export type { components, operations, paths } from "./generated/openapi.ts";
export type * from "./generated/operations.ts";
