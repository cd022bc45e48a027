/** How a command ends: what it was refused for, and the codes that a script can tell apart. */
import { ApiError, DingTalkError } from "@dingrole/client";

export const exitCodes = {
  done: 0,
  /** A call failed; it was not carried out, so that it can be sent again. */
  failed: 1,
  /** Wrong arguments, missing credentials, a file with faults: nothing was sent. */
  refused: 2,
  /** At least one create may have been carried out, or not: look before sending it again. */
  unknown: 3,
  /** Ended by Ctrl-C or SIGTERM before all was done. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What the user gave is wrong. Nothing was sent. */
export class RefusedError extends Error {}

/** What went wrong, and what to do, in a line each. */
export function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const hint = hintOf(error);
  return printable(hint === undefined ? message : `${message}\n  → ${hint}`);
}

export function hintOf(error: unknown): string | undefined {
  if (error instanceof ApiError) return error.hint;
  return error instanceof DingTalkError && error.cause !== undefined ? hintOf(error.cause) : undefined;
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof RefusedError) return exitCodes.refused;
  return error instanceof DingTalkError && error.outcome !== "not-executed" ? exitCodes.unknown : exitCodes.failed;
}

/** What comes from a file or a server must not move a terminal's cursor. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);
}
