import { isText, type ResolvedOptions, resolveLimits } from "./client-options.ts";
import { type DingTalkError, ResponseError, TokenError } from "./errors.ts";
import type { Emit } from "./events.ts";
import type { GetTokenInput, GetTokenResult, OperationId } from "./generated/types.ts";
import { bound } from "./limits.ts";

/** Where a call's token comes from. */
export interface TokenSource {
  /** `held` is the one that the call got before it waited. */
  get(operation: OperationId, held?: string): string | Promise<string>;
  /** Drops a token that DingTalk refused. Returns whether another can be had. */
  reject(token: string): boolean;
}

/** With less than this share of its life left, a token is renewed in the background: 10 minutes of 2 hours. */
const EARLY_SHARE = 1 / 12;
/** With less than this, it is not sent: it could expire on the way. 30 seconds of 2 hours. */
const HARD_SHARE = 1 / 240;
/** After a refresh in the background has failed, the next one waits. */
const REFRESH_AGAIN_MS = 30_000;
/** A store that has not answered by then has failed. */
const STORE_MS = 2_000;

type FetchToken = (input: GetTokenInput) => Promise<GetTokenResult>;

export function createTokenSource(options: ResolvedOptions, fetchToken: FetchToken, emit: Emit): TokenSource {
  const { accessToken } = options;
  if (typeof accessToken === "string") return { get: () => accessToken, reject: () => false };
  if (accessToken)
    return {
      async get(operation, held) {
        if (held) return held;
        let token: string;
        try {
          token = await accessToken();
        } catch (cause) {
          throw new TokenError(operation, "the accessToken function failed", cause);
        }
        if (!isText[0](token)) throw new TokenError(operation, `the accessToken function must return ${isText[1]}`);
        return token;
      },
      reject: () => true,
    };
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
  let refreshFrom = 0;

  /** The share of its life that a token has left: none, where there is no token, or DingTalk refused it. */
  const shareLeft = (token: Token | undefined): number =>
    token && token.value !== rejected ? (token.expiresAt - Date.now()) / token.lifetime : 0;

  /** One at a time. With `renew`, the store's token will not do unless it is younger than ours. */
  function obtain(renew: boolean): Promise<Token> {
    pending ??= load(renew);
    return pending;
  }

  async function load(renew: boolean): Promise<Token> {
    const begun = generation;
    try {
      let token = await readStore();
      if (!token || shareLeft(token) <= (renew ? EARLY_SHARE : HARD_SHARE)) {
        token = await fetchNew();
        // Nobody waits for it: the token is there.
        if (begun === generation) writeStore(token);
      }
      if (begun === generation) {
        current = token;
        rejected = undefined; // getToken vouches for it again.
      }
      return token;
    } finally {
      if (begun === generation) pending = undefined;
    }
  }

  async function fetchNew(): Promise<Token> {
    const { access_token, expires_in } = await fetchToken({ appkey: appKey, appsecret: appSecret });
    if (!access_token.isWellFormed())
      throw new ResponseError("getToken", "has half of a surrogate pair in access_token");
    emit({ type: "token", action: "fetched" });
    const lifetime = Math.max(0, expires_in * 1000);
    return { value: access_token, expiresAt: Date.now() + lifetime, lifetime };
  }

  /** A store that fails costs a fetch, not the call. */
  async function readStore(): Promise<Token | undefined> {
    try {
      const limits = resolveLimits("getToken", options, { deadline: STORE_MS });
      const text = await bound(Promise.resolve(tokenStore?.get(key)), limits);
      if (!text) return undefined;
      const token: Token = JSON.parse(text as string);
      if (isText[0](token.value) && token.expiresAt > 0 && token.lifetime > 0) return token;
      throw new TypeError();
    } catch (error) {
      return storeFailed("get", error);
    }
  }

  async function writeStore(token: Token) {
    try {
      await tokenStore?.set(key, JSON.stringify(token), token.lifetime);
    } catch (error) {
      storeFailed("set", error);
    }
  }

  /** Only the kind of failure is told: a store's error can quote what was stored. */
  function storeFailed(method: "get" | "set", error: unknown): undefined {
    emit({
      type: "token",
      action: "store-failed",
      error: new Error(`tokenStore.${method}: ${(error as Error)?.name}`),
    });
  }

  function refreshInBackground() {
    refreshFrom = Date.now() + REFRESH_AGAIN_MS;
    obtain(true).catch((error) => emit({ type: "token", action: "refresh-failed", error }));
  }

  return {
    get(operation) {
      const share = shareLeft(current);
      if (current && share > HARD_SHARE) {
        if (share <= EARLY_SHARE && !pending && Date.now() >= refreshFrom) refreshInBackground();
        return current.value;
      }
      return obtain(false).then(
        ({ value }) => value,
        (error: DingTalkError) => {
          throw new TokenError(operation, error?.message, error);
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
