import { isText, type ResolvedOptions, resolveLimits } from "./client-options.ts";
import { type DingTalkError, ResponseError, TokenError } from "./errors.ts";
import type { Emit } from "./events.ts";
import type { GetTokenInput, GetTokenResult, OperationId } from "./generated/types.ts";
import { bound } from "./limits.ts";

/** Where a call's token comes from. */
export interface TokenSource {
  get(operation: OperationId): string | Promise<string>;
  /** Drops a token that DingTalk refused. Returns whether another can be had. */
  reject(token: string): boolean;
}

/** With less than this share of its life left, a token is renewed in the background: 10 minutes of 2 hours. */
const EARLY_SHARE = 1 / 12;
/** With less than this, it is not sent: it could expire on the way. 30 seconds of 2 hours. */
const HARD_SHARE = 1 / 240;
/** After a refresh in the background has failed, the next one waits. */
const REFRESH_AGAIN_MS = 30_000;

type FetchToken = (input: GetTokenInput) => Promise<GetTokenResult>;

export function createTokenSource(options: ResolvedOptions, fetchToken: FetchToken, emit: Emit): TokenSource {
  const { accessToken } = options;
  if (typeof accessToken === "string") return { get: () => accessToken, reject: () => false };
  if (accessToken)
    return {
      async get(operation) {
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
 * expires; and dropped when DingTalk refuses it. What a fetch that began before the drop brings is not kept: it can be the
 * token that was refused.
 */
function createAppTokenSource(options: AppOptions, fetchToken: FetchToken, emit: Emit): TokenSource {
  const { appKey, appSecret, baseUrl, tokenStore, timeout: deadline } = options;
  /** A store that does not answer has failed. */
  const inTime = (work: unknown) => bound(Promise.resolve(work), resolveLimits("getToken", options, { deadline }));
  const key = `dingrole:${baseUrl}:${appKey}`;
  let current: Token | undefined;
  let rejected: string | undefined;
  let pending: Promise<Token> | undefined;
  let refreshFrom = 0;

  /** The share of its life that a token has left: none, where there is no token, or DingTalk refused it. */
  const shareLeft = (token: Token | undefined): number =>
    token && token.value !== rejected ? (token.expiresAt - Date.now()) / token.lifetime : 0;

  /** One at a time. With `renew`, the store's token will not do unless it is younger than ours. */
  function obtain(renew: boolean): Promise<Token> {
    if (pending) return pending;
    const begun: Promise<Token> = load(renew)
      .then((token) => {
        if (begun === pending) {
          current = token;
          rejected = undefined; // getToken vouches for it again.
        }
        return token;
      })
      .finally(() => {
        if (begun === pending) pending = undefined;
      });
    pending = begun;
    return begun;
  }

  async function load(renew: boolean): Promise<Token> {
    const stored = await readStore();
    if (stored && shareLeft(stored) > (renew ? EARLY_SHARE : HARD_SHARE)) return stored;
    const { access_token, expires_in } = await fetchToken({ appkey: appKey, appsecret: appSecret });
    if (!access_token.isWellFormed())
      throw new ResponseError("getToken", "has half of a surrogate pair in access_token");
    const lifetime = Math.max(0, expires_in * 1000);
    const token = { value: access_token, expiresAt: Date.now() + lifetime, lifetime };
    emit({ type: "token", action: "fetched" });
    try {
      await inTime(tokenStore?.set(key, JSON.stringify(token), lifetime));
    } catch (error) {
      storeFailed("set", error);
    }
    return token;
  }

  /** A store that fails costs a fetch, not the call. */
  async function readStore(): Promise<Token | undefined> {
    try {
      const text = await inTime(tokenStore?.get(key));
      if (!text) return undefined;
      const token: Token = JSON.parse(text as string);
      if (isText[0](token.value) && token.expiresAt > 0 && token.lifetime > 0) return token;
      throw new TypeError();
    } catch (error) {
      return storeFailed("get", error);
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
          throw new TokenError(operation, error.message, error);
        },
      );
    },
    reject(token) {
      if (token === current?.value) {
        rejected = token;
        current = pending = undefined;
        emit({ type: "token", action: "rejected" });
      }
      return true;
    },
  };
}
