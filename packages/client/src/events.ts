import type { ApiError, DingTalkError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";

/** An event that `onEvent` is told of. It has no secret, and its times are in milliseconds. */
export type ClientEvent = AttemptEvent | RetryEvent | TokenEvent | ThrottledEvent | BlockedEvent;

/** An attempt has ended; if it failed, with `error`. */
export interface AttemptEvent {
  type: "attempt";
  operation: OperationId;
  /** The number of the attempt, from 1. */
  attempt: number;
  /** Since the request was sent. */
  duration: number;
  error: DingTalkError | undefined;
  /** The failure that DingTalk answered, if it proves that an earlier attempt was carried out. The call then succeeds. */
  proof: ApiError | undefined;
}

/** The client sends the call again after `wait`, because of `error`. */
export interface RetryEvent {
  type: "retry";
  operation: OperationId;
  /** The number of the failed attempt. */
  attempt: number;
  wait: number;
  error: DingTalkError;
}

/** The client has fetched a token, DingTalk has rejected one that the client fetched, or a renewal or the store has failed. */
export interface TokenEvent {
  type: "token";
  action: "fetched" | "rejected" | "refresh-failed" | "store-failed";
  error?: unknown;
}

/** The call waits: the last second had as many calls as `rate` allows, or your own `limiter` returned a promise. */
export interface ThrottledEvent {
  type: "throttled";
  operation: OperationId;
}

/** DingTalk has blocked the IP. The client sends nothing until `until`, in milliseconds since the epoch. */
export interface BlockedEvent {
  type: "blocked";
  operation: OperationId;
  until: number;
}

export type Emit = (event: ClientEvent) => void;

/** Runs the caller's function and ignores its errors. A promise is caught, because an unhandled rejection ends Node. */
export function runHook<Args extends unknown[]>(hook: ((...args: Args) => unknown) | undefined, ...args: Args) {
  try {
    const pending = hook?.(...args);
    if (pending) Promise.resolve(pending).catch(() => {});
  } catch {}
}
