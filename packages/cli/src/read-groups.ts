/** Reads role groups from a file: CSV with a header, or one JSON object per line. All faults are found before the first call. */
import type { AddRoleGroupInput } from "@dingrole/client";
import { CsvError, parse } from "csv-parse/sync";
import { decode, refuseGbk } from "./encoding.ts";
import { sameness } from "./journal-entries.ts";
import { toList } from "./list.ts";
import { quote, RefusedError, shorten } from "./outcome.ts";
import { plural } from "./output.ts";
import { appearanceOf, findUnusual, reveal } from "./unusual-names.ts";

export interface Group extends AddRoleGroupInput {
  /** The line in the file. */
  readonly line?: number;
}

/** The flags that say how to read names. */
export interface ReadingFlags {
  /** The CSV column, or the JSON field, that has the names. */
  column?: string;
  encoding?: string;
  allowUnusualNames?: boolean;
}

const field = "name" satisfies keyof AddRoleGroupInput;

interface Row {
  readonly line: number;
  readonly value: unknown;
}

/** Throws a `RefusedError` that lists all faults with their lines. */
export function readGroups(bytes: Uint8Array, file: string, flags: ReadingFlags = {}): Group[] {
  const { text, mayBeGbk } = decode(bytes, file, flags.encoding);
  if (text.trimStart().startsWith("["))
    throw new RefusedError(
      `${file} must have one JSON object per line, not a JSON array: remove the brackets, and the commas between objects`,
    );
  const read = text.trimStart().startsWith("{") ? readJsonLines : readCsv;
  const rows = read(text, file, flags.column);
  if (rows.length === 0) throw new RefusedError(`${file} must have at least one row`);
  const groups = rows.map(({ line, value }) => ({ line, name: value as string }));
  if (mayBeGbk) refuseGbk(groups, file);
  refuseFaults(groups, file, flags);
  return groups;
}

/** Checks names that are arguments. */
export function checkNames(names: readonly string[], flags: ReadingFlags = {}): Group[] {
  const groups = names.map((name) => ({ name }));
  refuseFaults(groups, "the arguments", flags);
  return groups;
}

function refuseFaults(groups: readonly Group[], source: string, { column = field, allowUnusualNames }: ReadingFlags) {
  const all = Array.from(findFaults(groups, column));
  const faults = allowUnusualNames ? all.filter(({ isUnusual }) => !isUnusual) : all;
  if (faults.length === 0) return;
  const lines = [
    `${source}: nothing was sent. Fix these faults first:`,
    ...toList(faults.map(({ words }) => words)),
    ...(faults.some(({ isUnusual }) => isUnusual) ? ["To create them unchanged, add --allow-unusual-names"] : []),
  ];
  throw new RefusedError(lines.join("\n  "));
}

interface Fault {
  readonly words: string;
  /** It may be intended. */
  readonly isUnusual?: true;
}

function* findFaults(groups: readonly Group[], column: string): Generator<Fault> {
  const equals = new Map<string, Group>();
  const lookalikes = new Map<string, Group>();
  for (const group of groups) {
    const { line, name } = group;
    const subject = `${line === undefined ? "" : `line ${line}: `}${column}`;
    const fault = faultOf(name);
    if (fault !== undefined) {
      yield { words: `${subject} ${fault}` };
      continue;
    }
    const equal = findOrAdd(equals, sameness(name), group);
    if (equal) {
      yield {
        words: `${subject} ${quote(name)} is a duplicate${equal.line === undefined ? "" : ` of line ${equal.line}`}`,
      };
      continue;
    }
    const unusual = findUnusual(name);
    if (unusual !== undefined) yield { words: `${subject} ${reveal(quote(name))} ${unusual}`, isUnusual: true };
    const lookalike = findOrAdd(lookalikes, appearanceOf(name), group);
    if (lookalike) {
      const where = lookalike.line === undefined ? "" : ` in line ${lookalike.line}`;
      yield { words: `${subject} ${quote(name)} looks the same as ${quote(lookalike.name)}${where}`, isUnusual: true };
    }
  }
}

/** The first group with that key; `undefined` if this group is the first. */
function findOrAdd(groups: Map<string, Group>, key: string, group: Group): Group | undefined {
  const first = groups.get(key);
  if (!first) groups.set(key, group);
  return first;
}

function faultOf(value: unknown): string | undefined {
  if (value === undefined) return "is missing";
  if (typeof value !== "string") return `must be a string, not ${value === null ? "null" : `of type ${typeof value}`}`;
  if (value.trim() === "") return "must not be empty";
  if (value !== value.trim()) return `${quote(value)} must not begin or end with white space`;
  if (/[\r\n]/.test(value))
    return `${quote(value)} must not have a line break: look for a missing quote, or one too many`;
  return value.isWellFormed() ? undefined : `${quote(value)} contains a lone surrogate: it was cut inside a character`;
}

interface Csv {
  readonly line: number;
  readonly record: readonly string[];
}

function readCsv(text: string, file: string, column?: string): Row[] {
  const [header, ...rows] = parseCsv(text, file);
  if (!header) return [];
  const fault = headerFault(header.record, column);
  if (fault) throw new RefusedError(`${file}: line ${header.line}: ${fault}`);
  const width = header.record.length;
  const index = header.record.indexOf(column ?? field);
  return rows.map(({ line, record }) => {
    if (record.length > width)
      throw new RefusedError(
        `${file}: line ${line} must have ${plural(width, "column")}, as the header has, not ${record.length}: put a value with a comma in double quotes`,
      );
    return { line, value: record[index] };
  });
}

function headerFault(columns: readonly string[], column?: string): string | undefined {
  const line = columns.join(",");
  const count = columns.filter((each) => each === column).length;
  if (column === undefined ? line === field : count === 1) return undefined;
  const expected =
    column === undefined
      ? `the first line must be only ${field}, not ${quote(line)}`
      : `the first line must have the column ${quote(column)} once, not ${quote(line)}`;
  if (/^sep=/i.test(line)) return `${expected}: delete that line`;
  if (columns.length === 1 && /[;\t]/.test(line)) return `${expected}: separate columns with commas`;
  if (column !== undefined) return expected;
  if (columns.length > 1) return `${expected}: name the column that has the names with --column`;
  return `${expected}: is the header missing? If this is the header, add --column ${quote(line)}`;
}

/** The records, each with the line where it begins. */
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
        if (!/^,*\n?$/.test(raw)) records.push({ line, record });
        line = info.lines + 1;
      },
    });
    return records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const fault =
      error.code === "CSV_QUOTE_NOT_CLOSED"
        ? "a quote is opened and not closed"
        : "a quote is in the wrong place: inside a quoted name, write it twice";
    throw new RefusedError(`${file}: line ${line}: ${fault}`);
  }
}

/** Counts the keys of an object, with duplicates. A regular expression that matches whole strings would overflow the stack. */
function countKeys(json: string): number {
  let count = 0;
  let depth = 0;
  let isInside = false;
  for (const [mark, colon] of json.matchAll(/\\.|"(\s*:)?|[[\]{}]/g)) {
    if (mark.startsWith('"')) {
      isInside = !isInside;
      if (!isInside && colon && depth === 1) count++;
    } else if (!isInside) depth += /[[{]/.test(mark) ? 1 : -1;
  }
  return count;
}

function readJsonLines(text: string, file: string, column?: string): Row[] {
  const key = column ?? field;
  return text.split("\n").flatMap((each, index) => {
    const line = index + 1;
    if (each.trim() === "") return [];
    const object = parseJson(each);
    if (typeof object !== "object" || object === null || Array.isArray(object))
      throw new RefusedError(`${file}: line ${line} must be a JSON object, such as {"${key}":"制造部"}`);
    const others = Object.keys(object).filter((each) => each !== field);
    if (column === undefined && others.length > 0)
      throw new RefusedError(
        `${file}: line ${line} must have only the field ${field}, not ${shorten(others.join(", "))}: name the field that has the names with --column ${Object.hasOwn(object, field) ? field : "FIELD"}`,
      );
    // `JSON.parse` silently takes the last of several equal keys.
    if (countKeys(each) > Object.keys(object).length)
      throw new RefusedError(`${file}: line ${line} must have ${key} once, not several times`);
    return { line, value: Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
