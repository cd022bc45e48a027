import { ApiError, type DingTalkError, HttpError, NetworkError } from "./errors.ts";
import { codes } from "./generated/codes.ts";

const SECOND_MS = 1000;

/**
 * How long to wait before the call is sent again, in milliseconds; `undefined` where it must not be. `retry` counts from 0.
 * A create is sent again only where the answer proves that it was not carried out; a read also where that is unknown.
 */
export function planRetry(error: DingTalkError, read: boolean | undefined, retry: number): number | undefined {
  const backOff = SECOND_MS * 2 ** retry;
  const jitter = Math.random();
  if (error instanceof ApiError && error.outcome === "not-executed") {
    const known = codes[error.errcode]?.[2];
    // Waiting less than the limit's own window brings the same answer: the jitter comes on top.
    if (known === "next-second") return SECOND_MS + jitter * SECOND_MS;
    return known === "back-off" ? backOff + jitter * SECOND_MS : undefined;
  }
  const isUnknown = error.outcome === "unknown" && !(error instanceof HttpError && error.status < 500);
  const isUnsent = error instanceof NetworkError && error.outcome === "not-executed";
  return isUnsent || (read && isUnknown) ? jitter * backOff : undefined;
}
