import type { DingTalkError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";

/** What a client tells its `onEvent`. No event has a secret, and times are in milliseconds. */
export type ClientEvent = AttemptEvent | RetryEvent | TokenEvent | ThrottledEvent | BlockedEvent;

/** An attempt has ended, with `error` where it failed. */
export interface AttemptEvent {
  type: "attempt";
  operation: OperationId;
  /** 1 for the first. */
  attempt: number;
  /** From the moment that the request was sent. */
  duration: number;
  error: DingTalkError | undefined;
}

/** The call will be sent again after `wait`, because of `error`. */
export interface RetryEvent {
  type: "retry";
  operation: OperationId;
  /** The attempt that failed. */
  attempt: number;
  wait: number;
  error: DingTalkError;
}

/**
 * The access token was `fetched`, `rejected` by DingTalk (one that the client got itself), its refresh in the background
 * `refresh-failed`, or its store `store-failed`; `error` says why.
 */
export interface TokenEvent {
  type: "token";
  action: "fetched" | "rejected" | "refresh-failed" | "store-failed";
  error?: unknown;
}

/**
 * The call waits for its turn: there were as many calls in the last second as `rate` allows, or a `limiter` of your own
 * returned a promise.
 */
export interface ThrottledEvent {
  type: "throttled";
  operation: OperationId;
}

/** DingTalk has shut the IP out. Nothing is sent until `until`, in milliseconds since the epoch. */
export interface BlockedEvent {
  type: "blocked";
  operation: OperationId;
  until: number;
}

export type Emit = (event: ClientEvent) => void;

/** Runs a function of the caller's, and ignores how it ends. A promise is caught, because an unhandled rejection ends Node. */
export function runHook<Args extends unknown[]>(hook: ((...args: Args) => unknown) | undefined, ...args: Args) {
  try {
    const pending = hook?.(...args);
    if (pending) Promise.resolve(pending).catch(() => {});
  } catch {}
}
