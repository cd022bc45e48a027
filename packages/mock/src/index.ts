export type { OperationId } from "./api.ts";
export { type FaultName, faultNames } from "./faults.ts";
export type { GatewayOptions } from "./gateway.ts";
export { createMock, type Mock, type MockClientOptions } from "./mock.ts";
export type { RecordedRequest } from "./record.ts";
export type { Scenario } from "./scenarios.ts";
export { fingerprint } from "./secrets.ts";
export { type MockOptions, type MockServer, startMock } from "./start-mock.ts";
