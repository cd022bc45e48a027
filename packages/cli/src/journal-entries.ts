/** Reads the lines of a journal, and combines them into the state of each group. */
import { RefusedError } from "./outcome.ts";
import type { RunProcess } from "./run-process.ts";

/** The recorded state of a group. */
export type Recorded =
  | { readonly state: "created"; readonly groupId?: number }
  | { readonly state: "failed"; readonly message: string }
  /** `isUnderWay`: it was in flight in a run that has not ended, so nobody can have looked for it. */
  | { readonly state: "unknown"; readonly message: string; readonly isUnderWay?: true };

export type Entry =
  | { readonly sending: string }
  | { readonly created: string; readonly groupId?: number }
  | { readonly failed: string; readonly message: string }
  | { readonly unknown: string; readonly message: string };

export interface Run extends RunProcess {
  /** Each line of the run repeats it as `by`. Journals of earlier versions have no id. */
  readonly id?: string;
  readonly at: string;
  readonly place: string;
  readonly app?: string;
  /** A salt, and the salted hash of the access token. */
  readonly token?: string;
}

/** The key of a name: equal for two Unicode spellings of the same text. */
export const sameness = (name: string) => name.normalize("NFC");

export type End = "end" | "gaveWay";
type Kind = "sending" | "created" | "failed" | "unknown" | "unsent";

interface Known {
  readonly recorded: Recorded;
  /** The run that recorded it, as an index into `runs`. */
  readonly by: number;
  /** Set while it is in flight: the state before. */
  readonly sending?: { readonly before: Known | undefined };
}

export interface Content {
  readonly groups: Map<string, Known>;
  readonly runs: (Run & { end?: End })[];
}

/** How the line of a run begins. */
export const BEGIN = '{"run":';

const beginsWith = (line: string, begin: string) => line.startsWith(begin.slice(0, line.length));
const isBegin = (line: string) => beginsWith(line, BEGIN);
const isEnd = (line: string) => beginsWith(line, '{"end":');

export function readEntries(text: string, file: string): Content {
  const content: Content = { groups: new Map(), runs: [] };
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const written = lines.map((json, index) => ({ json, line: index + 1 })).filter(({ json }) => json !== "");
  if (written[0] && !isBegin(written[0].json))
    throw new RefusedError(`${file} is not a journal: name another with --journal`);
  written.forEach(({ json, line }, index) => {
    const next = written[index + 1];
    const entry = parseJson(json);
    // A crash or a full disk has cut the line. Its step was not done, or its outcome is unknown without it, too.
    if (entry === undefined && (!next || isBegin(next.json) || isEnd(next.json))) return;
    if (!readEntry(entry, content))
      throw new RefusedError(
        `${file}: line ${line} is damaged: its role group may exist. Look with dingrole list, then remove the line`,
      );
  });
  return content;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Returns whether it is an entry. */
function readEntry(entry: unknown, content: Content): boolean {
  if (!isObject(entry)) return false;
  const { run, end, gaveWay, by } = entry;
  const ended = end ?? gaveWay;
  if (isRun(run)) content.runs.push({ ...run });
  else if (isRun(ended))
    Object.assign(content.runs.find(isSameAs(ended)) ?? {}, { end: end === undefined ? "gaveWay" : "end" });
  else if (isGroupEntry(entry)) {
    const writer = content.runs.findIndex(({ id }) => id !== undefined && id === by);
    readGroupEntry(entry, writer < 0 ? content.runs.length - 1 : writer, content.groups);
  } else return false;
  return true;
}

const kinds: readonly Kind[] = ["sending", "created", "failed", "unknown", "unsent"];
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isText = (value: unknown) => typeof value === "string";
const isTextOrNothing = (value: unknown) => value === undefined || isText(value);

function isRun(value: unknown): value is Run {
  if (!isObject(value)) return false;
  const { id, process, started, host, pids, at, place, app, token } = value;
  const isPid = Number.isInteger(process) && (process as number) > 0 && (process as number) < 2 ** 31;
  return isPid && [host, at, place].every(isText) && [id, started, pids, app, token].every(isTextOrNothing);
}

type GroupEntry = { [kind in Kind]?: string } & { readonly groupId?: number; readonly message?: string };

function isGroupEntry(entry: Record<string, unknown>): entry is GroupEntry {
  const { groupId, message, by } = entry;
  return (
    kinds.filter((kind) => isText(entry[kind])).length === 1 &&
    (groupId === undefined || Number.isSafeInteger(groupId)) &&
    [message, by].every(isTextOrNothing)
  );
}

const CRASHED = "the run ended while it was being sent";

function readGroupEntry(entry: GroupEntry, by: number, groups: Map<string, Known>) {
  const kind = kinds.find((each) => isText(entry[each])) as Kind;
  const name = sameness(entry[kind] as string);
  const { groupId, message = "" } = entry;
  const known = groups.get(name);
  if (kind === "created")
    groups.set(name, { recorded: { state: kind, ...(groupId !== undefined && { groupId }) }, by });
  // `created` is final, and a later run overrules an earlier one.
  else if (known && (known.recorded.state === "created" || known.by > by)) return;
  else if (kind === "sending") {
    const before = known?.sending && known.by === by ? known.sending.before : known;
    groups.set(name, { recorded: { state: "unknown", message: CRASHED }, by, sending: { before } });
  } else if (kind !== "unsent") groups.set(name, { recorded: { state: kind, message }, by });
  else if (known?.sending && known.by === by) {
    if (known.sending.before) groups.set(name, known.sending.before);
    else groups.delete(name);
  }
}

const keyOf = ({ id, process, host, at }: Run) => id ?? `${process} ${host} ${at}`;
export const isSameAs = (one: Run) => (other: Run) => keyOf(one) === keyOf(other);
