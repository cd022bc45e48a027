import type { CallOptions } from "./call-options.ts";
import type { ResolvedOptions } from "./client-options.ts";
import { regions, servers } from "./generated/operations.ts";

// biome-ignore lint/suspicious/noExplicitAny: a rule is what finds out the type.
export type Rule = readonly [isRight: (value: any) => unknown, expected: string];

/** As RFC 6749 has tokens, client ids and secrets: `VSCHAR`. A newline comes of a file that was read whole. */
export const isCredential: Rule = [
  (value) => typeof value === "string" && /^[ -~]+$/.test(value),
  "a string of printable ASCII characters",
];
/** The longest that a timer waits is 24 days. */
export const isRate: Rule = [
  (rate) => typeof rate === "number" && rate >= 1e-3 && rate <= 1e6,
  "a number from 0.001 to 1e6",
];
const isFunction: Rule = [(value) => typeof value === "function", "a function"];
const isPositive: Rule = [(value) => typeof value === "number" && value > 0, "a number above 0"];
/** The longest that a timer waits is 24 days. */
const isTime: Rule = [
  (value) => value === false || (isPositive[0](value) && value < 2 ** 31),
  "milliseconds above 0 and below 2 ** 31, or false",
];

const baseUrlPattern = /^(https:\/\/[^\0- /?#@]+|http:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?)(\/[^\0- ?#]*)?$/i;

export const callRules: Record<keyof CallOptions, Rule> = {
  signal: [(value) => typeof value?.aborted === "boolean" && isFunction[0](value.addEventListener), "an AbortSignal"],
  timeout: isTime,
  deadline: isTime,
  withResponse: [(value) => typeof value === "boolean", "a boolean"],
};

export const clientRules: Record<keyof ResolvedOptions, Rule> = {
  accessToken: [
    (value) => isCredential[0](value) || isFunction[0](value),
    `${isCredential[1]}, or a function that returns one`,
  ],
  appKey: isCredential,
  appSecret: isCredential,
  tokenStore: [(value) => isFunction[0](value?.get) && isFunction[0](value.set), "an object with get and set"],
  region: [(value) => Object.hasOwn(servers, value), regions],
  baseUrl: [
    (value) => typeof value === "string" && baseUrlPattern.test(value) && URL.canParse(value),
    "an https: URL string, or http: on loopback, without credentials, query or fragment",
  ],
  timeout: isTime,
  deadline: isTime,
  retries: [(value) => Number.isInteger(value) && value >= 0, "an integer from 0"],
  rate: [(value) => value === false || isRate[0](value), `${isRate[1]}, or false`],
  limiter: isFunction,
  maxResponseSize: isPositive,
  onEvent: isFunction,
  fetch: isFunction,
};
