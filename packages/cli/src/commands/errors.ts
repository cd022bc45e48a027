/** `dingrole errors`: what DingTalk's error codes mean, and what to do. */
import { type ErrorCode, errorCodes } from "@dingrole/client/error-codes";
import { type ExitCode, exitCodes, RefusedError } from "../outcome.ts";
import { createOutput, type OutputFlags, paint } from "../output.ts";

export function errors(codes: readonly string[], flags: OutputFlags): ExitCode {
  const output = createOutput(flags);
  const asked = codes.length === 0 ? [...errorCodes.keys()] : codes.map(readCode);
  for (const code of asked) {
    const known = errorCodes.get(code) as ErrorCode;
    output.result(codes.length === 0 ? `${code}\t${known.meaning}` : toWords(code, known), { code, ...known });
  }
  return exitCodes.done;
}

function readCode(text: string): number {
  const code = Number(text);
  if (text.trim() === "" || !Number.isInteger(code))
    throw new RefusedError(`an error code is an integer, not ${JSON.stringify(text)}`);
  if (!errorCodes.has(code))
    throw new RefusedError(
      `${code} is none of the ${errorCodes.size} codes that are known: its errmsg is all there is`,
    );
  return code;
}

function toWords(code: number, { meaning, action, class: kind, evidence, note }: ErrorCode): string {
  const about = paint("dim", `  ${kind}; ${evidence}${note === undefined ? "" : `. ${note}`}`, process.stdout);
  return [`${paint("bold", String(code), process.stdout)} ${meaning}`, `  → ${action}`, about].join("\n");
}
