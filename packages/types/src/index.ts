import type { components, operations } from "./generated/openapi.ts";

export type { components, operations, paths } from "./generated/openapi.ts";

/** What `addRoleGroup` sends. */
export type RoleGroup = components["schemas"]["RoleGroup"];

/** The answer to `addRoleGroup` when it succeeds. */
export type CreatedRoleGroup = components["schemas"]["CreatedRoleGroup"];

/** The answer to `getToken` when it succeeds. */
export type IssuedToken = components["schemas"]["IssuedToken"];

/** The answer to any operation when it fails: HTTP 200, and an `errcode` that is not 0. */
export type ErrorEnvelope = components["schemas"]["ErrorEnvelope"];

/** The answer to any operation when the caller's IP is shut out. */
export type IpBlock = components["schemas"]["IpBlock"];

/** The `operationId` of each operation. */
export type OperationId = keyof operations;
