import type { CallOptions, ResponseOptions } from "./call-options.ts";
import { type ClientOptions, defaults, type ResolvedOptions } from "./client-options.ts";
import type { Limits } from "./deadline.ts";
import { InputError } from "./errors.ts";
import { servers } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
import { callRules, clientRules, type Rule } from "./option-rules.ts";
import { createLimiter } from "./rate-limiter.ts";

/** The options with their defaults. Throws a `TypeError` that names the first option that is missing or wrong. */
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

/** The limits on one call, from the moment that it is made. Throws an `InputError` that names an option that is wrong. */
export function resolveLimits(
  operation: OperationId,
  clientOptions: ResolvedOptions,
  options?: CallOptions | ResponseOptions,
): Limits {
  const refuse = (fault: string): never => {
    throw new InputError(operation, fault);
  };
  const { timeout, deadline, signal }: Omit<CallOptions, "withResponse"> = options
    ? { ...clientOptions, ...validateOptions(options, callRules, refuse) }
    : (clientOptions as CallOptions);
  return {
    operation,
    timeout: timeout || Infinity,
    deadlineAt: performance.now() + (deadline || Infinity),
    signal,
    options,
  };
}

/** The options that are given: one that is undefined is not. */
function validateOptions<Options extends object>(
  options: Options,
  rules: Record<string, Rule>,
  refuse: (fault: string) => never,
): { [Name in keyof Options]: Exclude<Options[Name], undefined> } {
  const given = Object.entries(options ?? {}).filter(([name, value]) => {
    if (!Object.hasOwn(rules, name)) refuse(`there is no option ${name}: use ${Object.keys(rules).join(", ")}`);
    const [isRight, expected] = rules[name] as Rule;
    if (value !== undefined && !isRight(value))
      refuse(`${name} must be ${expected}${value === "" ? ", not an empty string" : ""}`);
    return value !== undefined;
  });
  return Object.fromEntries(given) as ReturnType<typeof validateOptions<Options>>;
}
