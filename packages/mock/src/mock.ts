/** The mock without a server. `startMock` adds one. */
import { setTimeout as sleep } from "node:timers/promises";
import { connectionReset } from "./delivery.ts";
import { connectionFaults } from "./faults.ts";
import { createFetch } from "./fetch.ts";
import { createGateway, type GatewayOptions, type MockGateway } from "./gateway.ts";
import { type Organization, server } from "./generated/api.ts";
import type { RecordedRequest } from "./record.ts";
import type { Scenario } from "./scenarios.ts";

/** The options with which `createClient` calls the mock. */
export interface MockClientOptions {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  /** The app's token; a new one after the mock has refused it as expired. */
  readonly accessToken: () => string;
}

export interface Mock {
  /** Answers without a socket, for any host in the URL. */
  readonly fetch: typeof globalThis.fetch;
  /** Options for `createClient`. `fetch` answers every call; to call a server instead, pass its `url` as `baseUrl`. */
  readonly clientOptions: MockClientOptions;
  /** The requests that the mock has read, the oldest first. */
  readonly requests: readonly RecordedRequest[];
  /**
   * Sets the scenarios of the next calls, one for each call. A call takes the first scenario that its operation can have. An
   * invalid call, or one that is refused for its token or the limits, takes none. An unknown name throws a `RangeError` that
   * lists all names.
   */
  next(...scenarios: Scenario[]): void;
  /** The scenarios of `next` that no call has taken yet. A test can check that none are left. */
  readonly pending: readonly string[];
  /** Sets the scenario of all later calls that take none from `next`. A scenario for one operation wins over one for all. */
  always(scenario: Scenario): void;
  /** Returns the organization in the memory. Throws a `TypeError` if the mock has no memory. */
  organization(): Organization;
  /** Expires every issued token: a call with one is refused as expired. */
  expireTokens(): void;
  /** Forgets scenarios, tokens, limits, requests and what the memory has learned. Options stay. */
  reset(): void;
}

/** Creates a mock that only `fetch` can call. */
export async function createMock(options: GatewayOptions = {}): Promise<Mock> {
  return createMockOf(await createGateway(options), server);
}

export function createMockOf(gateway: MockGateway, baseUrl: string): Mock {
  const { script, requests, handle, currentToken, organization, expireTokens, reset } = gateway;
  const fetch = createFetch(handle, () => connect(gateway)?.then(connectionReset));
  return {
    fetch,
    clientOptions: { baseUrl, fetch, accessToken: currentToken },
    requests,
    next: (...scenarios) => script.next(scenarios),
    get pending() {
      return script.pending;
    },
    always: (scenario) => script.always(scenario),
    organization,
    expireTokens,
    reset,
  };
}

/** If the scenario resets this connection, returns a promise that resolves at the time of the reset. */
export function connect({ script }: MockGateway): Promise<void> | undefined {
  const plan = script.takeFault((fault) => fault in connectionFaults);
  return plan && sleep(connectionFaults[plan.fault as keyof typeof connectionFaults]);
}
