/** How a command ends: what it was refused for, and the codes that a script can tell apart. */
import { DingTalkError } from "@dingrole/client";

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

/** Somebody ended it while it waited for them. */
export class InterruptedError extends Error {
  override readonly message = "interrupted";
}

const LONGEST = 500;

/** A server's words are of any length, and can be lines of their own. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return printable(shorten(message, LONGEST));
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof RefusedError) return exitCodes.refused;
  if (error instanceof InterruptedError) return exitCodes.interrupted;
  const isUnknown =
    error instanceof DingTalkError && error.operation === "addRoleGroup" && error.outcome !== "not-executed";
  return isUnknown ? exitCodes.unknown : exitCodes.failed;
}

/** What comes from a file or a server must not move a terminal's cursor. Joiners, and the tags of flags, do not. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C-\u200D\u{E0020}-\u{E007F}])\p{Cf}/gu,
    (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`,
  );
}

const LONGEST_LINE = 1000;

/** The same, of text that has lines. */
export function printableLines(text: string): string {
  return text
    .split("\n")
    .map((line) => printable(shorten(line, LONGEST_LINE)))
    .join("\n");
}

/** The beginning and the end of a long text: a file or a server can give one of any length. */
export function shorten(text: string, longest = 200): string {
  if (text.length <= longest) return text;
  const half = longest / 2;
  const count = text.length.toLocaleString("en-US");
  return `${text.slice(0, half)}[… ${count} characters in all …]${text.slice(-half)}`.toWellFormed();
}

/** A group's name within a message. */
export const printableName = (name: string) => printable(shorten(name));

/** A text from a file, in quotes. */
export const quote = (text: string) => JSON.stringify(shorten(text));

/** In JSON it is escaped as JSON does: some of it, JSON leaves as it is. */
export function toJsonLine(data: object): string {
  return JSON.stringify(data).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (each) =>
    Array.from(each.split(""), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}
