/**
 * The public API. `createClient` resolves the options (resolve-options.ts) and makes a method of each operation. A call
 * (call.ts) is a loop of attempts (attempt.ts) and retries (retry.ts).
 */
export type { CallOptions, ResponseOptions, WithResponse } from "./call-options.ts";
export type {
  AppCredentials,
  ClientOptions,
  CommonOptions,
  Credentials,
  TokenCredentials,
  TokenStore,
} from "./client-options.ts";
export { type Client, createClient } from "./create-client.ts";
export {
  AbortError,
  ApiError,
  BlockedError,
  DingTalkError,
  HttpError,
  InputError,
  NetworkError,
  type Outcome,
  ResponseError,
  TimeoutError,
  TokenError,
} from "./errors.ts";
export type { AttemptEvent, BlockedEvent, ClientEvent, RetryEvent, ThrottledEvent, TokenEvent } from "./events.ts";
export type { Category, Errcode, KnownErrcode } from "./generated/codes.ts";
export type * from "./generated/types.ts";
export { createLimiter, type Limiter, type Release } from "./rate-limiter.ts";
