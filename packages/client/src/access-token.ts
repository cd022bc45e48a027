import type { ResolvedOptions, TokenStore } from "./client-options.ts";
import { type Limits, throwIfOver, withDeadline } from "./deadline.ts";
import { type DingTalkError, ResponseError, TokenError } from "./errors.ts";
import type { Emit } from "./events.ts";
import { tokenIssuer } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
import { resolveLimits } from "./resolve-options.ts";
import { describe, isCredential } from "./rules.ts";

/** Gives each call its token. */
export interface TokenSource {
  /** `held` is the token that the call got before it waited. */
  get(limits: Limits, held?: string): string | Promise<string>;
  /** Drops a token that DingTalk refused. Returns whether there can be another. */
  reject(token: string): boolean;
}

/** If less than this share of its life is left, a token is renewed in the background: 10 minutes of 2 hours. */
const EARLY_SHARE = 1 / 12;
/** If less than this share is left, a token is not sent, because it could expire on the way: 30 seconds of 2 hours. */
const HARD_SHARE = 1 / 240;
/** The time between two renewals in the background. */
const RENEW_AGAIN_MS = 30_000;
/** How long a call waits for the fetch of another call before it begins its own. */
const PATIENCE_MS = 5_000;
/** A store that has not answered within this time has failed. */
const STORE_MS = 2_000;

/** Calls the operation that issues tokens. */
type FetchToken = (input: object) => Promise<Record<string, unknown>>;

export function createTokenSource(options: ResolvedOptions, fetchToken: FetchToken, emit: Emit): TokenSource {
  const { accessToken } = options;
  if (typeof accessToken === "string") return { get: () => accessToken, reject: () => false };
  return accessToken ? createCallerSource(accessToken) : createAppSource(options as AppOptions, fetchToken, emit);
}

/** The token of the caller's function. */
function createCallerSource(accessToken: () => string | Promise<string>): TokenSource {
  let rejected: string;
  const ask = async (operation: OperationId) => {
    const [isRight, expected] = isCredential;
    let token: string;
    try {
      token = await accessToken();
    } catch (cause) {
      throw new TokenError(operation, "the accessToken function failed", cause);
    }
    if (isRight(token)) return token;
    throw new TokenError(operation, `the accessToken function must return ${expected}, not ${describe(token)}`);
  };
  return {
    get: ({ operation }, held) => (held && held !== rejected ? held : ask(operation)),
    reject(token) {
      rejected = token;
      return true;
    },
  };
}

interface Token {
  value: string;
  /** Milliseconds since the epoch: machines that share a store share this clock. */
  expiresAt: number;
  lifetime: number;
}

type AppOptions = ResolvedOptions & { appKey: string; appSecret: string };

/**
 * The token of an app's key and secret. All waiting calls share one fetch. The token is renewed in the background before
 * it expires, and dropped when DingTalk refuses it. Each drop begins a generation. A fetch that began in an
 * earlier generation may bring the refused token again, so its token is not kept.
 */
function createAppSource(options: AppOptions, fetchToken: FetchToken, emit: Emit): TokenSource {
  const { appKey, appSecret, baseUrl, tokenStore } = options;
  const storeKey = `dingrole:${baseUrl}:${appKey}`;
  let current: Token | undefined;
  let rejected: string | undefined;
  let generation = 0;
  let pending: Promise<Token> | undefined;
  let renewedAt = -Infinity;

  /** The share of its life that a token has left; 0 without a token, or if DingTalk refused it. */
  const shareLeft = (token: Token | undefined): number =>
    token && token.value !== rejected ? (token.expiresAt - Date.now()) / token.lifetime : 0;

  /**
   * All calls wait for one fetch. In a Worker it dies with the request that began it, so each call waits by a timer of its own,
   * and then begins a fetch if it is not over.
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

  /** Takes the store's token if more than this share of its life is left, or else fetches a new one. */
  async function load(share: number): Promise<Token> {
    const begun = generation;
    const stored = await useStore("get", readToken);
    const token = stored && shareLeft(stored) > share ? stored : await fetchNew(begun);
    if (begun === generation) {
      current = token;
      rejected = undefined; // DingTalk has issued it again.
    }
    return token;
  }

  async function fetchNew(begun: number): Promise<Token> {
    const { id, key, secret } = tokenIssuer;
    const issued = await fetchToken({ [key]: appKey, [secret]: appSecret });
    const value = issued[tokenIssuer.token] as string;
    if (!isCredential[0](value))
      throw new ResponseError(id, `says success, but ${tokenIssuer.token} must be ${isCredential[1]}`);
    emit({ type: "token", action: "fetched" });
    const lifetime = Math.max(0, (issued[tokenIssuer.lifetime] as number) * 1000);
    const token = { value, expiresAt: Date.now() + lifetime, lifetime };
    if (begun === generation)
      await useStore("set", async (store) => store.set(storeKey, JSON.stringify(token), lifetime));
    return token;
  }

  async function readToken(store: TokenStore): Promise<Token | undefined> {
    const stored = (await store.get(storeKey)) as Token | string | undefined;
    if (!stored) return undefined;
    // Some stores, such as Upstash's client, return parsed JSON.
    const token: Token = (stored as Token).value ? stored : JSON.parse(stored as string);
    if (isCredential[0](token.value) && token.expiresAt > 0 && token.lifetime > 0) return token;
    throw new TypeError();
  }

  /** A store that fails costs a fetch, not the call. The event has only the kind of failure: an error can quote the token. */
  async function useStore<Result>(method: "get" | "set", work: (store: TokenStore) => Promise<Result>) {
    const limits = resolveLimits(tokenIssuer.id, options, { deadline: STORE_MS });
    try {
      return tokenStore && (await withDeadline(work(tokenStore), limits));
    } catch (error) {
      const kind = new Error(`tokenStore.${method}: ${(error as Error)?.name}`);
      emit({ type: "token", action: "store-failed", error: kind });
      return undefined;
    }
  }

  /** No call waits for a refresh: in a Worker, it dies with the request that began it. */
  function renewInBackground() {
    if (Math.abs(performance.now() - renewedAt) < RENEW_AGAIN_MS) return;
    renewedAt = performance.now();
    load(EARLY_SHARE).catch((error) => emit({ type: "token", action: "refresh-failed", error }));
  }

  return {
    get(limits) {
      const share = shareLeft(current);
      if (current && share > HARD_SHARE) {
        if (share <= EARLY_SHARE) renewInBackground();
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
