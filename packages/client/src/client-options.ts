import type { ClientEvent } from "./events.ts";
import type { servers } from "./generated/operations.ts";
import type { Limiter } from "./rate-limiter.ts";

/** An app's key and secret: the client gets its tokens itself, and renews them before they expire. */
export interface AppCredentials {
  accessToken?: undefined;
  /** The app's key (Client ID). */
  appKey: string;
  /** The app's secret (Client Secret). */
  appSecret: string;
  /**
   * The store in which clients and machines share the app's token. The client asks it when it needs a new token, not at each
   * call. If the store fails, or does not answer within 2 seconds, the client fetches a token and tells `onEvent`.
   * @default none
   */
  tokenStore?: TokenStore | undefined;
}

/** An access token, or a function that returns one. */
export interface TokenCredentials {
  /**
   * The app's access token, or a function that returns one. The client calls the function for each attempt that needs a token,
   * so let it keep its token. If DingTalk refuses the token, the client calls the function once more; it cannot renew a string.
   */
  accessToken: string | (() => string | Promise<string>);
  appKey?: undefined;
  tokenStore?: undefined;
}

/** The app's access token, or the key and secret to get one. */
// If options fit neither, TypeScript explains the member that shares the most fields with them or, if both share as many, the
// last. So TokenCredentials comes last and has no `appSecret`: for an `appKey` that may be undefined, it explains the other.
export type Credentials = AppCredentials | TokenCredentials;

/** A key-value store shaped like Keyv. Results are awaited, so a synchronous store, such as a `Map`, works too. */
export interface TokenStore {
  /** Returns the value that was set. A store that keeps JSON may return it parsed. */
  get(key: string): unknown;
  /** `ttl` is in milliseconds. */
  set(key: string, value: string, ttl: number): unknown;
}

export interface CommonOptions {
  /**
   * The one of DingTalk's hosts to call.
   * @default "international"
   */
  region?: keyof typeof servers | undefined;
  /**
   * The URL of the API, instead of `region`: with `https:`, or with `http:` on loopback.
   * @default the region's URL
   */
  baseUrl?: string | undefined;
  /**
   * How long one attempt may take, in milliseconds; `false` for no limit. A create that takes longer is not sent again, unless
   * no connection was made. Node's `fetch` needs up to 11 seconds to find out that it cannot connect.
   * @default 12_000
   */
  timeout?: number | false | undefined;
  /**
   * How long a call may take with all its attempts and waits, in milliseconds; `false` for no limit.
   * @default 60_000
   */
  deadline?: number | false | undefined;
  /**
   * How often a call is sent again, if that is safe; 0 turns it off. A resend with a new token does not count.
   * @default 3
   */
  retries?: number | undefined;
  /**
   * How many calls of each operation are sent in any second, first come, first served, from 0.001 to 1e6; `false` for no
   * limit. 0.5 allows one in any two seconds, and 2.5 allows two. DingTalk's Standard edition allows an app 20.
   * @default 20
   */
  rate?: number | false | undefined;
  /**
   * The rate limiter, instead of `rate`: one from `createLimiter` shared by several clients, or your own, shared by several
   * machines.
   * @default createLimiter(rate)
   */
  limiter?: Limiter | undefined;
  /**
   * The size of the largest answer that the client reads, in bytes.
   * @default 1_048_576
   */
  maxResponseSize?: number | undefined;
  /** The client tells it of attempts, retries, tokens, waits and blocks, without secrets. It ignores what the function throws. */
  onEvent?: ((event: ClientEvent) => void) | undefined;
  /**
   * Sends each request. It must not resend a request by itself. It must not follow a redirect, which would carry the token to
   * another host. On Deno the body is a `Blob`, because Deno resends a string.
   * @default globalThis.fetch
   */
  fetch?: typeof globalThis.fetch | undefined;
}

/** {@link Credentials} say where the token comes from. {@link CommonOptions} are all other options, with their defaults. */
export type ClientOptions = Credentials & CommonOptions;

export const defaults = {
  region: "international" as keyof typeof servers,
  timeout: 12_000 as number | false,
  deadline: 60_000 as number | false,
  retries: 3,
  rate: 20 as number | false,
  maxResponseSize: 1_048_576,
};

/** The options with their defaults, and with the `baseUrl` and `limiter` that `region` and `rate` stand for. */
export type ResolvedOptions = Omit<CommonOptions, keyof typeof defaults | "limiter"> &
  typeof defaults &
  Partial<Omit<AppCredentials, "accessToken"> & Pick<TokenCredentials, "accessToken">> & {
    limiter: Limiter | undefined;
    baseUrl: string;
  };
