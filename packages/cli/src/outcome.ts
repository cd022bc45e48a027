/** How a command ends: its exit code for scripts, and the errors behind it. Also makes foreign text safe to print. */
import { DingTalkError } from "@dingrole/client";

export const exitCodes = {
  done: 0,
  /** A call failed and was not carried out: it is safe to send it again. */
  failed: 1,
  /** Wrong arguments, missing credentials, a file with faults: nothing was sent. */
  refused: 2,
  /** The outcome of at least one create is unknown: look before you send it again. */
  unknown: 3,
  /** Ctrl-C or SIGTERM ended it before everything was done. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The user's input is invalid. Nothing was sent. */
export class RefusedError extends Error {}

/** The user ended the command at a prompt. */
export class InterruptedError extends Error {
  override readonly message = "interrupted";
}

const LONGEST = 500;

/** Shortens and escapes: a server's message can have any length, and line breaks. */
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

/** Escapes characters of a file or a server that could move the terminal's cursor. Joiners and the tags of flag emoji are safe. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200C-\u200D\u{E0020}-\u{E007F}])\p{Cf}/gu,
    (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`,
  );
}

const LONGEST_LINE = 1000;

/** The same for a text with several lines. */
export function printableLines(text: string): string {
  return text
    .split("\n")
    .map((line) => printable(shorten(line, LONGEST_LINE)))
    .join("\n");
}

/** The beginning and the end of a long text: a file or a server can send any length. */
export function shorten(text: string, longest = 200): string {
  if (text.length <= longest) return text;
  const half = longest / 2;
  const count = text.length.toLocaleString("en-US");
  return `${text.slice(0, half)}[… ${count} characters in total …]${text.slice(-half)}`.toWellFormed();
}

/** Shortens and escapes a group's name, for a message. */
export const printableName = (name: string) => printable(shorten(name));

/** Shortens a text from a file, and puts it in quotes. */
export const quote = (text: string) => JSON.stringify(shorten(text));

/** One line of JSON. Also escapes the control and format characters that `JSON.stringify` leaves. */
export function toJsonLine(data: object): string {
  return JSON.stringify(data).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (each) =>
    Array.from(each.split(""), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}
