/** Lists that a person must act on. None is cut: the one that is too long for a terminal is in a file, too. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatCount } from "./output.ts";

const SHOWN = 20;

/** All lines; on a terminal, of many the first and the file that has all. */
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
