export type { ErrorEnvelope } from "@dingrole/types";
export type { ClientOptions } from "./client-options.ts";
export { type Client, createClient } from "./create-client.ts";
export {
  ApiError,
  BlockedError,
  DingTalkError,
  HttpError,
  InputError,
  NetworkError,
  type Outcome,
  ResponseError,
} from "./errors.ts";
export type * from "./generated/types.ts";
