/** The mock without a socket. `startMock` adds one. */
import { setTimeout as sleep } from "node:timers/promises";
import { connectionReset } from "./delivery.ts";
import { connectionFaults } from "./faults.ts";
import { createFetch } from "./fetch.ts";
import { createGateway, type GatewayOptions, type MockGateway } from "./gateway.ts";
import { server } from "./generated/api.ts";
import type { RecordedRequest } from "./record.ts";
import type { Scenario } from "./scenarios.ts";

/** What a client of `@dingrole/client` needs to call the mock. */
export interface MockClientOptions {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  /** The app's token. Once it has been refused as expired, another. */
  readonly accessToken: () => string;
}

export interface Mock {
  /** Answers without a socket, whatever the host is. */
  readonly fetch: typeof globalThis.fetch;
  /** Options for `createClient`. Every call is answered by `fetch`; for a server's socket, pass its `url` as `baseUrl`. */
  readonly clientOptions: MockClientOptions;
  /** The requests that were read, the oldest first. */
  readonly requests: readonly RecordedRequest[];
  /**
   * What the coming calls get, one each. A call takes the first that its operation can have; an invalid call, or one that is
   * refused for its token or the limits, takes none. Throws a `RangeError` that lists the names, where one is unknown.
   */
  next(...scenarios: Scenario[]): void;
  /** What `next` was told and no call has taken: a test can say that it is empty. */
  readonly pending: readonly string[];
  /** What every call gets from now on that has nothing of `next`. One for an operation goes before one for all. */
  always(scenario: Scenario): void;
  /** Ends the life of every token that was issued: a call with one is refused as expired. */
  expireTokens(): void;
  /** Forgets scenarios, tokens, limits and requests. Options stay. */
  reset(): void;
}

/** Creates a mock that is called by `fetch` only. */
export async function createMock(options: GatewayOptions = {}): Promise<Mock> {
  return createMockOf(await createGateway(options), server);
}

export function createMockOf(gateway: MockGateway, baseUrl: string): Mock {
  const { script, requests, handle, currentToken, expireTokens, reset } = gateway;
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
    expireTokens,
    reset,
  };
}

/** Resolves when a connection is to be reset, of those that are. */
export function connect({ script }: MockGateway): Promise<void> | undefined {
  const plan = script.takeFault((fault) => fault in connectionFaults);
  return plan && sleep(connectionFaults[plan.fault as keyof typeof connectionFaults]);
}
