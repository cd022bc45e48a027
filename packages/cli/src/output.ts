/** Prints results on stdout, and everything else on stderr. */
import { styleText } from "node:util";
import { toJsonLine } from "./outcome.ts";

export interface OutputFlags {
  /** One JSON object per line, instead of words. */
  json?: boolean;
  /** Only errors on stderr. */
  quiet?: boolean;
}

export type Output = ReturnType<typeof createOutput>;
type Color = "green" | "red" | "yellow" | "dim" | "bold";

export function createOutput({ json = false, quiet = false }: OutputFlags) {
  const toLine = (words: string, data: object) => (json ? toJsonLine(data) : words);
  return {
    json,
    toLine,
    /** Whether a person watches: only then is a bar drawn or a question asked. */
    isInteractive: isInteractive() && !quiet && !json,
    result: (words: string, data: object) => write(process.stdout, toLine(words, data)),
    /** Prints information that `--quiet` hides. */
    note: (words: string) => quiet || write(process.stderr, words),
    fault: (words: string) => write(process.stderr, words),
  };
}

/** Whether a person uses a terminal that can draw. */
export function isInteractive(): boolean {
  return Boolean(process.stderr.isTTY && process.stdin.isTTY && process.env.TERM !== "dumb" && !process.env.CI);
}

/** Colors the text if the stream shows colors: `hasColors` respects `NO_COLOR` and `TERM`, and a pipe has none. */
export function paint(color: Color, text: string, stream: NodeJS.WriteStream = process.stderr): string {
  return stream.hasColors?.() ? styleText(color, text, { validateStream: false }) : text;
}

function write(stream: NodeJS.WriteStream, text: string) {
  stream.write(`${text}\n`);
}

/** `3 min 51 s`. */
export function formatTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(2) : parts.slice(first, first + 2);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

export const formatCount = (count: number) => count.toLocaleString("en-US");

export const plural = (count: number, noun: string) => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
