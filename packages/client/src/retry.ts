import { type ApiError, type DingTalkError, type HttpError, NetworkError, type TimeoutError } from "./errors.ts";
import type { Operation } from "./operation.ts";

const SECOND_MS = 1000;

/**
 * Decides the retry, except after a refused token, which `call.ts` handles: returns the milliseconds to wait before the call is
 * sent again, or `undefined` if it must not be. `retry` counts from 0. A safe or idempotent call is sent again even if it is
 * unknown whether the last attempt was carried out.
 */
export function planRetry(error: DingTalkError, effect: Operation["effect"], retry: number): number | undefined {
  const jitter = Math.random() * SECOND_MS;
  const factor = 2 ** retry;
  // A wait that is shorter than the limit's own window brings the same answer, so the jitter comes on top.
  const { resend } = error as ApiError;
  if (resend === "next-second") return SECOND_MS + jitter;
  if (resend === "back-off") return factor * SECOND_MS + jitter;
  const isFinal =
    error.name === "AbortError" ||
    (error as HttpError).status < 500 ||
    (error as ApiError).category === "invalid-request";
  const isUnknown = error.outcome === "unknown" && !isFinal;
  const isUnsent =
    error.outcome === "not-executed" && (error instanceof NetworkError || (error as TimeoutError).limit === "timeout");
  return isUnsent || (effect && isUnknown) ? factor * jitter : undefined;
}
