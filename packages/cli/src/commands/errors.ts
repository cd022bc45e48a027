/** `dingrole errors`: explains DingTalk's error codes, and what to do. */
import { type ErrorCode, errorCodes } from "@dingrole/client/error-codes";
import { type ExitCode, exitCodes, quote, shorten } from "../outcome.ts";
import { createOutput, type OutputFlags, paint, plural } from "../output.ts";

type Entry = readonly [code: number, known: ErrorCode];

/** If more codes match, each is one line. */
const MOST_IN_FULL = 5;

export function errors(asked: readonly string[], flags: OutputFlags): ExitCode {
  const output = createOutput(flags);
  const isCode = (text: string) => /^-?\d+$/.test(text);
  const words = asked.filter((text) => !isCode(text));
  const found = words.length > 0 || asked.length === 0 ? findByWords(words) : [];
  const isList = words.length === 0 || found.length > MOST_IN_FULL;

  let isAllKnown = true;
  const refuse = (fault: string) => {
    output.fault(`dingrole: ${fault}`);
    isAllKnown = false;
  };
  for (const text of asked.filter(isCode)) {
    const code = Number(text);
    const known = errorCodes.get(code);
    if (known) output.result(describe(code, known), { code, ...known });
    else refuse(`${shorten(text)} is not a known code; go by its errmsg`);
  }
  for (const [code, known] of found)
    output.result(isList ? `${code}\t${known.meaning}` : describe(code, known), { code, ...known });
  if (words.length > 0 && found.length === 0)
    refuse(`no code matches ${quote(words.join(" "))}: try one word of its meaning, English or Chinese`);
  else if (words.length > 0 && isList)
    output.note(`${plural(found.length, "code")}: dingrole errors CODE says what to do about one.`);
  return isAllKnown ? exitCodes.done : exitCodes.refused;
}

/** The codes that match all words. Chinese has no spaces, so a pasted message is one word. It matches a code if it contains a keyword of the code. */
function findByWords(asked: readonly string[]): Entry[] {
  const words =
    asked
      .join(" ")
      .toLowerCase()
      .match(/\p{Script=Han}+|[^\s\p{Script=Han}]+/gu) ?? [];
  return Array.from(errorCodes).filter(([, { meaning, action, note, class: kind, keywords }]) => {
    const text = [meaning, action, note, kind, ...keywords].join("\n").toLowerCase();
    return words.every((word) => text.includes(word) || keywords.some((each) => word.includes(each)));
  });
}

function describe(code: number, { meaning, action, class: kind, evidence, note }: ErrorCode): string {
  const about = paint("dim", `  ${kind}; ${evidence}${note === undefined ? "" : `. ${note}`}`, process.stdout);
  return [`${paint("bold", String(code), process.stdout)} ${meaning}`, `  → ${action}`, about].join("\n");
}
