/** Lists that a person must act on. Nothing is lost: if a list is too long for a terminal, a file has all of it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatCount } from "./output.ts";

const SHOWN = 20;

/** All lines. On a terminal, only the first lines of a long list, and the name of a file with all lines. */
export function toList(lines: readonly string[], isTerminal = Boolean(process.stderr.isTTY)): readonly string[] {
  if (lines.length <= SHOWN || !isTerminal) return lines;
  try {
    const file = join(mkdtempSync(join(tmpdir(), "dingrole-")), "rows.txt");
    writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
    return [...lines.slice(0, SHOWN), `… and ${formatCount(lines.length - SHOWN)} more: all are in ${file}`];
  } catch {
    return lines; // The disk may be full.
  }
}
