import type { ClientEvent } from "./events.ts";
import type { servers } from "./generated/operations.ts";
import type { Limiter } from "./rate-limiter.ts";

/** An app's key and secret, with which the client gets its tokens itself and renews them ahead of time. */
export interface AppCredentials {
  accessToken?: undefined;
  /** The app's key (Client ID). */
  appKey: string;
  /** The app's secret (Client Secret). */
  appSecret: string;
  /**
   * Where clients and machines share the app's token. Costs a `get` for each token that this client gets, not for each
   * call. Without one, each client gets its own; DingTalk gives all the same. One that fails, or does not answer within
   * 2 seconds, costs a fetch: `onEvent` is told.
   * @default none
   */
  tokenStore?: TokenStore | undefined;
}

/** An access token, or a function that returns one. */
export interface TokenCredentials {
  /**
   * The app's access token, or a function that returns one. The function is called for each attempt that needs a token,
   * so it should keep what it returns; after a token that DingTalk refused it is called once more. A string that was
   * refused is an error.
   */
  accessToken: string | (() => string | Promise<string>);
  appKey?: undefined;
  tokenStore?: undefined;
}

/** The app's access token, or what it takes to get one. */
// Of options that fit neither, TypeScript's message explains the member that has the most of their fields, or else the last.
// So TokenCredentials comes last, and leaves `appSecret` out: for an `appKey` that may be undefined, the other is explained.
export type Credentials = AppCredentials | TokenCredentials;

/** A key-value store shaped like Keyv. Results are awaited, so a synchronous store, such as a `Map`, works too. */
export interface TokenStore {
  /** Returns what was set; a store that keeps JSON may return it parsed. */
  get(key: string): unknown;
  /** `ttl` is in milliseconds. */
  set(key: string, value: string, ttl: number): unknown;
}

export interface CommonOptions {
  /**
   * Which of DingTalk's hosts to call.
   * @default "international"
   */
  region?: keyof typeof servers | undefined;
  /**
   * Where the API is, instead of `region`: an `https:` URL, or an `http:` one on loopback.
   * @default the region's URL
   */
  baseUrl?: string | undefined;
  /**
   * How long one attempt may take, in milliseconds; `false` for no limit. A create that takes longer is not sent again, unless
   * no connection was made. Node's `fetch` takes up to 11 seconds to say that none can be made.
   * @default 12_000
   */
  timeout?: number | false | undefined;
  /**
   * How long the call may take with all its attempts and waits, in milliseconds; `false` for no limit.
   * @default 60_000
   */
  deadline?: number | false | undefined;
  /**
   * How often a call is sent again, where that is safe; 0 turns it off. A new token after a refused one does not count.
   * @default 3
   */
  retries?: number | undefined;
  /**
   * How many calls of each operation are sent in any second, first come, first served, from 0.001 to 1e6; `false` for no
   * limit. 0.5 is one in any two seconds, and 2.5 is 2: more would go beyond it. DingTalk's Standard edition allows an app 20.
   * @default 20
   */
  rate?: number | false | undefined;
  /**
   * Who lets a call go, instead of `rate`: one from `createLimiter` that clients share, or your own, shared among machines.
   * @default createLimiter(rate)
   */
  limiter?: Limiter | undefined;
  /**
   * The largest answer that is read, in bytes.
   * @default 1_048_576
   */
  maxResponseSize?: number | undefined;
  /** Told of attempts, retries, tokens, waits and blocks, without secrets. It is not waited for, and what it throws is ignored. */
  onEvent?: ((event: ClientEvent) => void) | undefined;
  /**
   * What sends each request. Redirects come back to it unfollowed: a redirect would carry the token to another host. It must
   * not resend a request by itself, and must pass on a body that is a `Blob`, as on Deno, where a string would be resent.
   * @default globalThis.fetch
   */
  fetch?: typeof globalThis.fetch | undefined;
}

/** {@link Credentials} say where the token comes from; {@link CommonOptions} are all else, each with its default. */
export type ClientOptions = Credentials & CommonOptions;

export const defaults = {
  region: "international" as keyof typeof servers,
  timeout: 12_000 as number | false,
  deadline: 60_000 as number | false,
  retries: 3,
  rate: 20 as number | false,
  maxResponseSize: 1_048_576,
};

/** The options, with a default for each that has one, and `baseUrl` and `limiter` made of `region` and `rate`. */
export type ResolvedOptions = Omit<CommonOptions, keyof typeof defaults | "limiter"> &
  typeof defaults &
  Partial<Omit<AppCredentials, "accessToken"> & Pick<TokenCredentials, "accessToken">> & {
    limiter: Limiter | undefined;
    baseUrl: string;
  };
