import { typeOf } from "./schema.ts";

/** A rule for a value, and what the value must be, for a message. */
// biome-ignore lint/suspicious/noExplicitAny: a rule finds out the type.
export type Rule = readonly [isRight: (value: any) => unknown, expected: string];

/** The characters that RFC 6749 allows in tokens, client ids and secrets. A file that was read whole ends with a newline. */
export const isCredential: Rule = [
  (value) => typeof value === "string" && /^[ -~]+$/.test(value),
  "a string of printable ASCII characters",
];
export const isFunction: Rule = [(value) => typeof value === "function", "a function"];
export const isPositive: Rule = [(value) => typeof value === "number" && value > 0, "a number above 0"];
/** A timer waits for 24 days at most. */
export const isTime: Rule = [
  (value) => value === false || (isPositive[0](value) && value < 2 ** 31),
  "milliseconds above 0 and below 2 ** 31, or false",
];
export const isSignal: Rule = [
  (value) => typeof value?.aborted === "boolean" && isFunction[0](value.addEventListener),
  "an AbortSignal",
];
export const isRate: Rule = [
  (value) => typeof value === "number" && value >= 1e-3 && value <= 1e6,
  "a number from 0.001 to 1e6",
];

/** The received value, for a message. It does not show a string, because a string can be a secret. */
export function describe(value: unknown): string {
  if (typeof value === "string") return value ? "another string" : "an empty string";
  return typeof value === "number" ? `${value}` : typeOf(value);
}
