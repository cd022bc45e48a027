/** The role groups that a file names: CSV with a header, or a JSON object a line. Whatever is wrong is found before a call. */
import { isUtf8 } from "node:buffer";
import type { AddRoleGroupInput } from "@dingrole/client";
import { CsvError, parse } from "csv-parse/sync";
import { sameness } from "./journal.ts";
import { toList } from "./list.ts";
import { quote, RefusedError, shorten } from "./outcome.ts";

export interface Group extends AddRoleGroupInput {
  /** Where it stands in the file. */
  readonly line?: number;
}

const field = "name" satisfies keyof AddRoleGroupInput;

interface Row {
  readonly line: number;
  readonly value: unknown;
}

/** Throws a `RefusedError` that lists what is wrong, with its line. */
export function readGroups(bytes: Uint8Array, file: string): Group[] {
  const text = decode(bytes, file);
  if (text.trimStart().startsWith("["))
    throw new RefusedError(`${file} is a JSON array: write its objects a line each, without commas between them`);
  const rows = text.trimStart().startsWith("{") ? readJsonLines(text, file) : readCsv(text, file);
  if (rows.length === 0) throw new RefusedError(`${file} has no rows`);
  const groups = rows.map(({ line, value }) => ({ line, name: value as string }));
  refuseFaults(groups, file);
  return groups;
}

/** The groups that arguments name. */
export function checkNames(names: readonly string[]): Group[] {
  const groups = names.map((name) => ({ name }));
  refuseFaults(groups, "the arguments");
  return groups;
}

function refuseFaults(groups: readonly Group[], source: string) {
  const faults = findFaults(groups);
  if (faults.length === 0) return;
  throw new RefusedError([`${source}: nothing was sent, for there are faults:`, ...toList(faults)].join("\n  "));
}

function findFaults(groups: readonly Group[]): string[] {
  const first = new Map<unknown, Group>();
  return groups.flatMap((group) => {
    const at = group.line === undefined ? "" : `line ${group.line}: `;
    const fault = faultOf(group.name);
    if (fault !== undefined) return `${at}${fault}`;
    const earlier = first.get(sameness(group.name));
    first.set(sameness(group.name), earlier ?? group);
    if (!earlier) return [];
    const where = earlier.line === undefined ? "" : `, as in line ${earlier.line}`;
    return `${at}${field} ${quote(group.name)} is there twice${where}`;
  });
}

function faultOf(value: unknown): string | undefined {
  if (typeof value !== "string")
    return value === undefined ? `${field} is missing` : `${field} must be a string, not of type ${typeof value}`;
  if (value.trim() === "") return `${field} is empty`;
  const shown = `${field} ${quote(value)}`;
  if (value !== value.trim()) return `${shown} begins or ends with white space: remove it`;
  if (/[\r\n]/.test(value)) return `${shown} has a line break: is a quote missing, or one too many?`;
  if (!value.isWellFormed()) return `${shown} has half a character (a lone surrogate)`;
  const [unseen] = /[\p{Cc}\u00AD\u200B\u2060\uFEFF]/u.exec(value) ?? [];
  if (unseen === undefined) return undefined;
  const code = unseen.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return `${shown} has a character that cannot be seen (U+${code}): remove it`;
}

function decode(bytes: Uint8Array, file: string): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes).replace(/\r\n?/g, "\n");
  const text = Buffer.from(bytes).toString("latin1");
  const what = /^PK/.test(text)
    ? "is a workbook, or another archive"
    : /^(ÿþ|þÿ)/.test(text)
      ? "is UTF-16"
      : `is not UTF-8: see line ${1 + text.split("\n").findIndex((each) => !isUtf8(Buffer.from(each, "latin1")))}`;
  throw new RefusedError(`${file} ${what}. Save it as "CSV UTF-8" (in Excel, a file type of its own)`);
}

interface Csv {
  readonly line: number;
  readonly record: readonly string[];
}

function readCsv(text: string, file: string): Row[] {
  const [header, ...rows] = parseCsv(text, file);
  if (!header) return [];
  const fault = headerFault(header.record);
  if (fault) throw new RefusedError(`${file}: line ${header.line}: ${fault}`);
  return rows.map(({ line, record: [value, ...others] }) => {
    if (others.length > 0)
      throw new RefusedError(
        `${file}: line ${line} has ${others.length + 1} columns: put a ${field} that has a comma in double quotes`,
      );
    return { line, value };
  });
}

function headerFault(columns: readonly string[]): string | undefined {
  if (columns.length === 1 && columns[0] === field) return undefined;
  const found = columns.join(",");
  const expected = `the first line must be ${field} and no more, not ${quote(found)}`;
  if (columns.includes(field)) return `${expected}: delete the other columns`;
  if (/^sep=/i.test(found)) return `${expected}: delete that line`;
  const [separator] = /[;\t]/.exec(found) ?? [];
  return separator
    ? `${expected}: separate columns by commas, and have but one`
    : `${expected}: is the header missing?`;
}

/** Each record with the line that it begins in. */
function parseCsv(text: string, file: string): Csv[] {
  const records: Csv[] = [];
  let line = 1;
  try {
    parse(text, {
      info: true,
      raw: true,
      relax_column_count: true,
      on_record(parsed: unknown) {
        const { info, raw, record } = parsed as { info: { lines: number }; raw: string; record: string[] };
        if (!/^\n?$/.test(raw)) records.push({ line, record });
        line = info.lines + 1;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const fault =
      error.code === "CSV_QUOTE_NOT_CLOSED"
        ? "a quote that is opened is not closed"
        : "a quote is out of place: write each in a quoted name twice";
    throw new RefusedError(`${file}: line ${line}: ${fault}`);
  }
}

/** How many strings a colon follows. A regular expression for whole strings would overflow its stack on a long one. */
function countKeys(json: string): number {
  let count = 0;
  let isInside = false;
  for (const [mark, colon] of json.matchAll(/\\.|"(\s*:)?/g)) {
    if (mark.startsWith("\\")) continue;
    isInside = !isInside;
    if (!isInside && colon) count++;
  }
  return count;
}

function readJsonLines(text: string, file: string): Row[] {
  return text.split("\n").flatMap((each, index) => {
    const line = index + 1;
    if (each.trim() === "") return [];
    const object = parseJson(each);
    if (typeof object !== "object" || object === null || Array.isArray(object))
      throw new RefusedError(`${file}: line ${line} is no JSON object: each line is one like {"${field}":"制造部"}`);
    const others = Object.keys(object).filter((key) => key !== field);
    if (others.length > 0)
      throw new RefusedError(`${file}: line ${line} has ${shorten(others.join(", "))}: there is no field but ${field}`);
    // JSON takes the last of several.
    if (countKeys(each) > 1) throw new RefusedError(`${file}: line ${line} has ${field} more than once`);
    return { line, value: (object as Record<string, unknown>)[field] };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
