/**
 * What became of each role group, on disk before the next step is taken: `sending` before its create leaves, what came of it
 * after. A line is a JSON object, and is only appended. After a crash, a group that is `sending` and no more is `unknown`.
 *
 * A run begins with a line of its own. Whoever finds an earlier run that has not ended, and whose process lives, gives way:
 * so two runs never send the same group, without a lock that a crash leaves behind.
 */
import { type FileHandle, open, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { RefusedError } from "./outcome.ts";

/** What is known of a group. */
export type Recorded =
  | { readonly state: "created"; readonly groupId?: number }
  | { readonly state: "failed" | "unknown"; readonly message: string };

export type Entry =
  | { readonly sending: string }
  | { readonly created: string; readonly groupId?: number }
  | { readonly failed: string; readonly message: string }
  | { readonly unknown: string; readonly message: string };

interface Run {
  readonly process: number;
  readonly host: string;
  readonly at: string;
  /** Whom it calls: a journal of the mock is none of DingTalk. */
  readonly target: string;
}

/** The journal could not be written. */
export class JournalError extends Error {}

export interface Journal {
  readonly recorded: ReadonlyMap<string, Recorded>;
  /** Resolves when it is on the disk. */
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

/** A journal for what is not to be gone on with. */
export const noJournal: Journal = { recorded: new Map(), append: async () => {}, close: async () => {} };

/** What a journal says, and none where there is no file. */
export async function readJournal(file: string, target: string): Promise<ReadonlyMap<string, Recorded>> {
  const text = await readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return "";
    throw new RefusedError(`the journal cannot be read: ${error.message}`);
  });
  return readEntries(text, file, target).recorded;
}

/** Throws a `RefusedError` where the journal is another run's, another target's, or damaged. */
export async function openJournal(file: string, target: string): Promise<Journal> {
  await readJournal(file, target); // What is wrong with it is found before anything is added.
  const handle = await open(file, "a+").catch((error) => {
    throw new RefusedError(`the journal cannot be written: ${error.message}: name another with --journal`);
  });
  const append = createAppend(handle, file);
  try {
    const run: Run = { process: process.pid, host: hostname(), at: new Date().toISOString(), target };
    // What stands before it may be the beginning of a line that a crash cut off.
    await append(`\n${JSON.stringify({ run })}`);
    await syncFolder(file);
    const { recorded, runs } = readEntries(await readFile(file, "utf8"), file, target);
    const other = runs.find((each) => !isSame(each.run, run) && isAlive(each.run));
    if (other && runs.findIndex((each) => isSame(each.run, run)) > runs.indexOf(other)) {
      await append(JSON.stringify({ end: run }));
      throw new RefusedError(
        `${file} is in use by process ${other.run.process} on ${other.run.host}, since ${other.run.at}: wait until it has ended. If that process is not dingrole, remove line ${other.line}`,
      );
    }
    return {
      recorded,
      append: (entry) => append(JSON.stringify(entry)),
      async close() {
        await append(JSON.stringify({ end: run })).catch(() => {}); // The process's end says the same.
        await handle.close();
      },
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Lines that wait are written together, and put on the disk by one `fsync`. */
function createAppend(handle: FileHandle, file: string) {
  let waiting: { line: string; resolve: () => void; reject: (error: Error) => void }[] = [];
  let fault: JournalError | undefined;
  let isWriting = false;

  async function write() {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (fault) throw fault;
        await handle.appendFile(batch.map(({ line }) => `${line}\n`).join(""));
        await handle.sync();
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // After half a line nothing more may follow in this run.
        fault ??= new JournalError(`the journal ${file} cannot be written: ${(error as Error).message}`);
        for (const { reject } of batch) reject(fault);
      }
    }
    isWriting = false;
  }

  return (line: string) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ line, resolve, reject });
      if (!isWriting) write();
    });
}

/** So that a new file is there after a power cut, too. */
async function syncFolder(file: string) {
  try {
    const folder = await open(dirname(file), "r");
    await folder.sync().finally(() => folder.close());
  } catch {} // Windows opens no folder.
}

function readEntries(text: string, file: string, target: string) {
  const recorded = new Map<string, Recorded>();
  const begun: { run: Run; line: number }[] = [];
  const ended: Run[] = [];
  const lines = text.split("\n").map((content, index) => ({ content, line: index + 1 }));
  const entries = lines.filter(({ content }) => content !== "");
  if (entries[0] && !entries[0].content.startsWith(BEGIN.slice(0, entries[0].content.length)))
    throw new RefusedError(`${file} is no journal: name another with --journal`);
  entries.forEach(({ content, line }, index) => {
    const entry = parseEntry(content);
    if (entry === undefined) {
      // Cut off by a crash: what it was to say has not been done, or is not known.
      if (entries[index + 1]?.content.startsWith(BEGIN) ?? true) return;
      throw new RefusedError(`${file}: line ${line} is damaged: its role group may exist. Look, then remove the line`);
    }
    if (entry.run) begun.push({ run: entry.run as Run, line });
    else if (entry.end) ended.push(entry.end as Run);
    else readEntry(entry, recorded);
  });
  const [first] = begun;
  if (first && first.run.target !== target)
    throw new RefusedError(
      `${file} is the journal of ${first.run.target}, not of ${target}: name another with --journal`,
    );
  return { recorded, runs: begun.filter(({ run }) => !ended.some((each) => isSame(each, run))) };
}

/** How the line of a run begins. */
const BEGIN = '{"run":';

function parseEntry(content: string): Record<string, unknown> | undefined {
  try {
    const entry = JSON.parse(content);
    return typeof entry === "object" && entry !== null ? entry : undefined;
  } catch {
    return undefined;
  }
}

const CRASHED = "the run ended while it was being sent";

function readEntry(entry: Record<string, unknown>, recorded: Map<string, Recorded>) {
  const { sending, created, failed, unknown, groupId, message = "" } = entry as Record<string, string>;
  if (sending !== undefined) recorded.set(sending, { state: "unknown", message: CRASHED });
  if (created !== undefined)
    recorded.set(created, { state: "created", ...(groupId !== undefined && { groupId: Number(groupId) }) });
  if (failed !== undefined) recorded.set(failed, { state: "failed", message });
  if (unknown !== undefined) recorded.set(unknown, { state: "unknown", message });
}

const isSame = (one: Run, other: Run) =>
  one.process === other.process && one.host === other.host && one.at === other.at;

/** Of a process on another host there is no telling. */
function isAlive(run: Run): boolean {
  if (run.host !== hostname()) return true;
  if (run.process === process.pid) return false; // A container gives the same numbers again.
  try {
    process.kill(run.process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
