/** The role groups that a file names: CSV with a header, or a JSON object a line. Whatever is wrong is found before a call. */
import { isUtf8 } from "node:buffer";
import type { AddRoleGroupInput } from "@dingrole/client";
import { CsvError, parse } from "csv-parse/sync";
import { RefusedError } from "./outcome.ts";

export interface Group extends AddRoleGroupInput {
  /** Where it stands in the file. */
  readonly line?: number;
}

const SHOWN_FAULTS = 20;
const field = "name" satisfies keyof AddRoleGroupInput;

interface Row {
  readonly line: number;
  readonly value: unknown;
}

/** Throws a `RefusedError` that lists what is wrong, with its line. */
export function readGroups(bytes: Uint8Array, file: string): Group[] {
  const text = decode(bytes, file);
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
  const more = faults.length > SHOWN_FAULTS ? [`… and ${faults.length - SHOWN_FAULTS} more`] : [];
  const shown = [...faults.slice(0, SHOWN_FAULTS), ...more];
  throw new RefusedError([`${source}: nothing was sent, for there are faults:`, ...shown].join("\n  "));
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
    return `${at}${field} ${JSON.stringify(group.name)} is there twice${where}`;
  });
}

/** What two names share that a person takes for the same. */
const sameness = (name: string) => name.normalize("NFC");

function faultOf(value: unknown): string | undefined {
  if (typeof value !== "string") return `${field} must be a string, not ${JSON.stringify(value) ?? "missing"}`;
  if (value.trim() === "") return `${field} is empty`;
  if (value !== value.trim()) return `${field} ${JSON.stringify(value)} begins or ends with white space: remove it`;
  if (/\p{Cc}/u.test(value))
    return `${field} ${JSON.stringify(value)} has a line break or another control character: is a quote missing?`;
  if (!value.isWellFormed()) return `${field} ${JSON.stringify(value)} has half a character (a lone surrogate)`;
  return undefined;
}

function decode(bytes: Uint8Array, file: string): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  const line =
    1 +
    Buffer.from(bytes)
      .toString("latin1")
      .split("\n")
      .findIndex((each) => !isUtf8(Buffer.from(each, "latin1")));
  throw new RefusedError(
    `${file}: line ${line} is not UTF-8: save it as "CSV UTF-8" (in Excel, a file type of its own)`,
  );
}

function readCsv(text: string, file: string): Row[] {
  const [header, ...rows] = parseCsv(text, file);
  if (!header) return [];
  if (header.record.length !== 1 || header.record[0] !== field)
    throw new RefusedError(
      `${file}: line ${header.line}: the header must be ${field} and no more, not ${header.record.join(",")}`,
    );
  return rows.map(({ line, record: [value, ...others] }) => {
    if (others.length > 0)
      throw new RefusedError(
        `${file}: line ${line} has ${others.length + 1} columns: put a ${field} that has a comma in double quotes`,
      );
    return { line, value };
  });
}

function parseCsv(text: string, file: string): { line: number; record: string[] }[] {
  try {
    const options = { info: true, skip_empty_lines: true, relax_column_count: true } as const;
    const rows = parse(text, options) as unknown as { info: { lines: number }; record: string[] }[];
    return rows.map(({ info, record }) => ({ line: info.lines, record }));
  } catch (error) {
    if (error instanceof CsvError) throw new RefusedError(`${file}: ${error.message}`);
    throw error;
  }
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
      throw new RefusedError(`${file}: line ${line} has ${others.join(", ")}: there is no field but ${field}`);
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
