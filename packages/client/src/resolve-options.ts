import type { CallOptions, ResponseOptions } from "./call-options.ts";
import { type ClientOptions, defaults, type ResolvedOptions } from "./client-options.ts";
import type { Limits } from "./deadline.ts";
import { InputError } from "./errors.ts";
import { regions, servers } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
import { createLimiter } from "./rate-limiter.ts";
import { describe, isCredential, isFunction, isPositive, isRate, isSignal, isTime, type Rule } from "./rules.ts";

const baseUrlPattern = /^(https:\/\/[^\0- /?#@]+|http:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?)(\/[^\0- ?#]*)?$/i;

const clientRules: Record<keyof ResolvedOptions, Rule> = {
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

const callRules: Record<keyof CallOptions, Rule> = {
  signal: isSignal,
  timeout: isTime,
  deadline: isTime,
  withResponse: [(value) => typeof value === "boolean", "a boolean"],
};

/** The options with their defaults. Throws a `TypeError` that names the first missing or invalid option. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const refuse = (fault: string): never => {
    throw new TypeError(`createClient: ${fault}`);
  };
  const given: Partial<ResolvedOptions> = validateOptions(options, clientRules, refuse);
  const { accessToken, appKey, appSecret, tokenStore } = given;
  if (accessToken ? (appKey ?? appSecret ?? tokenStore) : !(appKey && appSecret))
    refuse("pass accessToken alone, or both appKey and appSecret");
  const resolved = { ...defaults, ...given };
  const { region, rate, baseUrl = servers[region], limiter = rate ? createLimiter(rate) : undefined } = resolved;
  return { ...resolved, baseUrl: baseUrl.replace(/\/$/, ""), limiter };
}

/** The limits of a call that begins now. Throws an `InputError` that names an invalid option. */
export function resolveLimits(
  operation: OperationId,
  clientOptions: ResolvedOptions,
  options?: CallOptions | ResponseOptions,
): Limits {
  const refuse = (fault: string): never => {
    throw new InputError(operation, fault);
  };
  const given: Omit<CallOptions, "withResponse"> = options ? validateOptions(options, callRules, refuse) : {};
  const { timeout = clientOptions.timeout, signal } = given;
  const deadline = (given.deadline ?? clientOptions.deadline) || Infinity;
  const deadlineAt = performance.now() + deadline;
  return { operation, timeout: timeout || Infinity, deadline, deadlineAt, signal, options };
}

/** The options that are given: one that is `undefined` has its default. */
function validateOptions<Options extends object>(
  options: Options,
  rules: Record<string, Rule>,
  refuse: (fault: string) => never,
): { [Name in keyof Options]: Exclude<Options[Name], undefined> } {
  const given = Object.entries(options ?? {}).filter(([name, value]) => {
    if (!Object.hasOwn(rules, name)) refuse(`unknown option ${name}: expected ${Object.keys(rules).join(", ")}`);
    const [isRight, expected] = rules[name] as Rule;
    if (value !== undefined && !isRight(value)) refuse(`${name} must be ${expected}, not ${describe(value)}`);
    return value !== undefined;
  });
  return Object.fromEntries(given) as ReturnType<typeof validateOptions<Options>>;
}
