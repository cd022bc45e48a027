import { type ApiError, type DingTalkError, HttpError, NetworkError, type TimeoutError } from "./errors.ts";
import { codes } from "./generated/codes.ts";

const SECOND_MS = 1000;

/**
 * How long to wait before the call is sent again, in milliseconds; `undefined` where it must not be. `retry` counts from 0.
 * A create is sent again only where the answer proves that it was not carried out; a read also where that is unknown.
 */
export function planRetry(error: DingTalkError, read: boolean | undefined, retry: number): number | undefined {
  const jitter = Math.random() * SECOND_MS;
  const factor = 2 ** retry;
  // Waiting less than the limit's own window brings the same answer: the jitter comes on top.
  const known = codes[(error as ApiError).errcode]?.[2];
  if (known === "next-second") return SECOND_MS + jitter;
  if (known === "back-off") return factor * SECOND_MS + jitter;
  const isUnknown = error.outcome === "unknown" && !(error instanceof HttpError && error.status < 500);
  const isUnsent =
    error.outcome === "not-executed" && (error instanceof NetworkError || (error as TimeoutError).limit === "timeout");
  return isUnsent || (read && isUnknown) ? factor * jitter : undefined;
}
