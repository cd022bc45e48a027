import type { ResolvedOptions, TokenStore } from "./client-options.ts";
import { type Limits, throwIfOver, withDeadline } from "./deadline.ts";
import { type DingTalkError, ResponseError, TokenError } from "./errors.ts";
import type { Emit } from "./events.ts";
import type { GetTokenInput, GetTokenResult, OperationId } from "./generated/types.ts";
import { isCredential } from "./option-rules.ts";
import { resolveLimits } from "./resolve-options.ts";
import { typeOf } from "./schema.ts";

/** Where a call's token comes from. */
export interface TokenSource {
  /** `held` is the one that the call got before it waited. */
  get(limits: Limits, held?: string): string | Promise<string>;
  /** Drops a token that DingTalk refused. Returns whether another can be had. */
  reject(token: string): boolean;
}

/** With less than this share of its life left, a token is renewed in the background: 10 minutes of 2 hours. */
const EARLY_SHARE = 1 / 12;
/** With less than this, it is not sent: it could expire on the way. 30 seconds of 2 hours. */
const HARD_SHARE = 1 / 240;
/** Between two refreshes in the background. */
const REFRESH_AGAIN_MS = 30_000;
/** How long a call waits for the fetch of another before it begins its own. */
const PATIENCE_MS = 5_000;
/** A store that has not answered by then has failed. */
const STORE_MS = 2_000;

type FetchToken = (input: GetTokenInput) => Promise<GetTokenResult>;

export function createTokenSource(options: ResolvedOptions, fetchToken: FetchToken, emit: Emit): TokenSource {
  const { accessToken } = options;
  if (typeof accessToken === "string") return { get: () => accessToken, reject: () => false };
  if (accessToken) {
    const ask = async (operation: OperationId) => {
      let token: string;
      try {
        token = await accessToken();
      } catch (cause) {
        throw new TokenError(operation, "the accessToken function failed", cause);
      }
      if (isCredential[0](token)) return token;
      const received = typeof token !== "string" ? typeOf(token) : token ? "other characters" : "an empty string";
      throw new TokenError(
        operation,
        `the accessToken function returned ${received}: it must return ${isCredential[1]}`,
      );
    };
    let rejected: string;
    return {
      get: ({ operation }, held) => (held && held !== rejected ? held : ask(operation)),
      reject(token) {
        rejected = token;
        return true;
      },
    };
  }
  return createAppTokenSource(options as AppOptions, fetchToken, emit);
}

interface Token {
  value: string;
  /** Milliseconds since the epoch: machines that share a store share it. */
  expiresAt: number;
  lifetime: number;
}

type AppOptions = ResolvedOptions & { appKey: string; appSecret: string };

/**
 * The token of an app's key and secret: fetched once, however many calls wait for it; renewed in the background before it
 * expires; and dropped when DingTalk refuses it. Each drop begins a generation, and what a fetch of an earlier one brings
 * is not kept: it can be the token that was refused.
 */
function createAppTokenSource(options: AppOptions, fetchToken: FetchToken, emit: Emit): TokenSource {
  const { appKey, appSecret, baseUrl, tokenStore } = options;
  const key = `dingrole:${baseUrl}:${appKey}`;
  let current: Token | undefined;
  let rejected: string | undefined;
  let generation = 0;
  let pending: Promise<Token> | undefined;
  let refreshedAt = -Infinity;

  /** The share of its life that a token has left: none, where there is no token, or DingTalk refused it. */
  const shareLeft = (token: Token | undefined): number =>
    token && token.value !== rejected ? (token.expiresAt - Date.now()) / token.lifetime : 0;

  /**
   * One fetch, however many calls wait for it. In a Worker it dies with the request that began it, so each call waits by a
   * timer of its own. A call that has ended meanwhile begins none.
   */
  async function obtain(limits: Limits): Promise<Token> {
    while (pending) {
      const others = pending;
      let timer: ReturnType<typeof setTimeout>;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS);
      });
      const token = await Promise.race([others, patience]).finally(() => clearTimeout(timer));
      if (token) return token;
      throwIfOver(limits);
      if (pending === others) pending = undefined;
    }
    if (current && shareLeft(current) > HARD_SHARE) return current;
    const own = load(HARD_SHARE).finally(() => {
      if (pending === own) pending = undefined;
    });
    pending = own;
    return own;
  }

  /** The store's token, if it has more than this share of its life left, or else a new one. */
  async function load(share: number): Promise<Token> {
    const begun = generation;
    const stored = await useStore("get", readToken);
    const token = stored && shareLeft(stored) > share ? stored : await fetchNew(begun);
    if (begun === generation) {
      current = token;
      rejected = undefined; // getToken vouches for it again.
    }
    return token;
  }

  async function fetchNew(begun: number): Promise<Token> {
    const { access_token, expires_in } = await fetchToken({ appkey: appKey, appsecret: appSecret });
    if (!isCredential[0](access_token))
      throw new ResponseError("getToken", `says success, but access_token must be ${isCredential[1]}`);
    emit({ type: "token", action: "fetched" });
    const lifetime = Math.max(0, expires_in * 1000);
    const token = { value: access_token, expiresAt: Date.now() + lifetime, lifetime };
    if (begun === generation) await useStore("set", async (store) => store.set(key, JSON.stringify(token), lifetime));
    return token;
  }

  async function readToken(store: TokenStore): Promise<Token | undefined> {
    const stored = (await store.get(key)) as Token | string | undefined;
    if (!stored) return undefined;
    // Some stores, such as Upstash's client, parse JSON themselves.
    const token: Token = (stored as Token).value ? stored : JSON.parse(stored as string);
    if (isCredential[0](token.value) && token.expiresAt > 0 && token.lifetime > 0) return token;
    throw new TypeError();
  }

  /** A store that fails costs a fetch, not the call. Only the kind of failure is told: its error can quote what was stored. */
  async function useStore<Result>(method: "get" | "set", work: (store: TokenStore) => Promise<Result>) {
    try {
      return (
        tokenStore && (await withDeadline(work(tokenStore), resolveLimits("getToken", options, { deadline: STORE_MS })))
      );
    } catch (error) {
      emit({
        type: "token",
        action: "store-failed",
        error: new Error(`tokenStore.${method}: ${(error as Error)?.name}`),
      });
      return undefined;
    }
  }

  /** No call waits for it: in a Worker it dies with the request that began it. */
  function refreshInBackground() {
    if (Math.abs(performance.now() - refreshedAt) < REFRESH_AGAIN_MS) return;
    refreshedAt = performance.now();
    load(EARLY_SHARE).catch((error) => emit({ type: "token", action: "refresh-failed", error }));
  }

  return {
    get(limits) {
      const share = shareLeft(current);
      if (current && share > HARD_SHARE) {
        if (share <= EARLY_SHARE) refreshInBackground();
        return current.value;
      }
      return obtain(limits).then(
        ({ value }) => value,
        (error: DingTalkError) => {
          throwIfOver(limits);
          throw new TokenError(limits.operation, error?.message, error);
        },
      );
    },
    reject(token) {
      if (token === current?.value) {
        rejected = token;
        current = pending = undefined;
        generation++;
        emit({ type: "token", action: "rejected" });
      }
      return true;
    },
  };
}
