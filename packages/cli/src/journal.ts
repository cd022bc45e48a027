/**
 * What became of each role group, on disk before the next step is taken: `sending` before its create leaves, what came of it
 * after. A line is a JSON object, and is only appended. After a crash, a group that is `sending` and no more is `unknown`.
 *
 * Two runs never send the same group, wherever they run: each begins with a line of its own, and reads only after it. The
 * last to begin goes on. Whoever finds, after its `sending`, that another has begun since does not send. A second run gives
 * way where it can see that the first lives.
 */
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/** Whom the groups are created for. A journal of the mock, or of another organization, is none of this one's. */
export interface Target {
  readonly place: string;
  /** The app's key; nothing where all there is is a token. */
  readonly app?: string;
  /** It is another app of the same organization. */
  readonly isSameOrganization?: boolean;
}

interface Run {
  readonly process: number;
  readonly host: string;
  readonly at: string;
  readonly place: string;
  readonly app?: string;
}

/** The journal could not be written, or another run has it. */
export class JournalError extends Error {}

export interface Journal {
  readonly recorded: Recall;
  /** Resolves when it is on the disk; of a `sending`, when no other run has the journal. */
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

/** By name. Two spellings of one name in Unicode are one. */
export interface Recall {
  get(name: string): Recorded | undefined;
}

/** A journal for what is not to be gone on with. */
export const noJournal: Journal = { recorded: new Map(), append: async () => {}, close: async () => {} };

/** What two names share that a person takes for the same. */
export const sameness = (name: string) => name.normalize("NFC");

/** What a journal says, and nothing where there is no file. */
export async function readJournal(file: string, target: Target): Promise<Recall> {
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isFile()) throw new RefusedError(`${file} is no file: name another with --journal`);
  const text = await readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return "";
    throw new RefusedError(`the journal cannot be read: ${error.message}`);
  });
  const { recorded, runs } = readEntries(text, file);
  const last = runs.findLast((each) => each.end !== "gaveWay");
  if (last && recorded.size > 0) checkTarget(last, target, file);
  return { get: (name) => recorded.get(sameness(name)) };
}

function checkTarget(last: Run, { place, app, isSameOrganization }: Target, file: string) {
  const other = "name another with --journal";
  if (last.place !== place)
    throw new RefusedError(`${file} is the journal of ${last.place}, not of ${place}: ${other}`);
  if (last.app === app || isSameOrganization) return;
  const name = (key: string | undefined) => (key === undefined ? "an app that only gave its token" : `app ${key}`);
  throw new RefusedError(
    `${file} is the journal of ${name(last.app)}, and this is ${name(app)}: where that is another organization, ${other}; where it is the same one, add --same-organization`,
  );
}

/** Throws a `RefusedError` where the journal is another run's, another target's, or damaged. */
export async function openJournal(file: string, target: Target): Promise<Journal> {
  await readJournal(file, target); // What is wrong with it is found before anything is added.
  const { place, app } = target;
  const at = new Date().toISOString();
  const run: Run = { process: process.pid, host: hostname(), at, place, ...(app !== undefined && { app }) };
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, "a");
    // What stands before it may be the beginning of a line that a crash cut off.
    await write(handle, `\n${BEGIN}${JSON.stringify(run)}}\n`);
    await syncFolder(file);
  } catch (error) {
    await handle?.close();
    throw new RefusedError(`the journal cannot be written: ${(error as Error).message}`);
  }

  const end = async (how: "end" | "gaveWay") => {
    await write(handle, `${JSON.stringify({ [how]: run })}\n`).catch(() => {}); // The process's end says the same.
    await handle.close();
  };
  const { runs } = await readFrom(file);
  const earlier = runs.slice(0, runs.findIndex(isSameAs(run)));
  const other = earlier.find((each) => !each.end && isAlive(each));
  if (other) {
    await end("gaveWay");
    throw new RefusedError(
      `${file} is in use by process ${other.process}, since ${other.at}: wait until it has ended. If that process is not dingrole, remove its line from the journal`,
    );
  }
  return {
    recorded: await readJournal(file, { ...target, isSameOrganization: true }),
    append: createAppend(handle, file, run),
    close: () => end("end"),
  };
}

/** Lines that wait are written together, and put on the disk by one `fsync`. */
function createAppend(handle: FileHandle, file: string, run: Run): Journal["append"] {
  let waiting: { entry: Entry; resolve: () => void; reject: (error: Error) => void }[] = [];
  let fault: JournalError | undefined;
  let isWriting = false;
  let size = 0;

  async function writeWaiting() {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      let taken: JournalError | undefined;
      try {
        if (fault) throw fault;
        const text = batch.map(({ entry }) => `${JSON.stringify(entry)}\n`).join("");
        await write(handle, text);
        size += Buffer.byteLength(text);
        taken = await findTaken();
      } catch (error) {
        // After half a line nothing more may follow in this run.
        fault ??= new JournalError(`the journal ${file} cannot be written: ${(error as Error).message}`);
      }
      for (const { entry, resolve, reject } of batch)
        if (fault || (taken && "sending" in entry)) reject((fault ?? taken) as JournalError);
        else resolve();
    }
    isWriting = false;
  }

  /** Whether another run has begun since. What it wrote shows in the size, and it may be about to give way. */
  async function findTaken(): Promise<JournalError | undefined> {
    const length = (await handle.stat()).size;
    if (length === size) return undefined;
    for (let wait = 0; wait < GIVE_WAY_MS; wait += 50) {
      const { runs } = await readFrom(file);
      const later = runs.slice(runs.findIndex(isSameAs(run)) + 1);
      const others = later.filter((each) => each.end !== "gaveWay");
      if (others.length === 0) {
        size = length;
        return undefined;
      }
      if (others.some((each) => each.end)) break; // It went on, and has done what there was to do.
      await sleep(50);
    }
    return new JournalError(`another run has taken the journal ${file} over, and goes on`);
  }

  return (entry) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ entry, resolve, reject });
      if (!isWriting) writeWaiting();
    });
}

/** How long a run that finds another one alive may take to give way. */
const GIVE_WAY_MS = 2000;

async function write(handle: FileHandle, text: string) {
  await handle.appendFile(text);
  await handle.sync();
}

/** So that a new file is there after a power cut, too. */
async function syncFolder(file: string) {
  try {
    const folder = await open(dirname(file), "r");
    await folder.sync().finally(() => folder.close());
  } catch {} // Windows opens no folder.
}

const readFrom = async (file: string) => readEntries(await readFile(file, "utf8"), file);

/** How the line of a run begins. */
const BEGIN = '{"run":';

const isBegin = (line: string) => line.startsWith(BEGIN.slice(0, line.length));

function readEntries(text: string, file: string) {
  const recorded = new Map<string, Recorded>();
  const runs: (Run & { end?: "end" | "gaveWay" })[] = [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const entries = lines.map((content, index) => ({ content, line: index + 1 })).filter(({ content }) => content !== "");
  if (entries[0] && !isBegin(entries[0].content))
    throw new RefusedError(`${file} is no journal: name another with --journal`);
  entries.forEach(({ content, line }, index) => {
    const entry = parseEntry(content);
    if (entry === undefined) {
      // Cut off by a crash: what it was to say has not been done, or is not known.
      const next = entries[index + 1];
      if (!next || isBegin(next.content)) return;
      throw new RefusedError(`${file}: line ${line} is damaged: its role group may exist. Look, then remove the line`);
    }
    const how = entry.gaveWay ? "gaveWay" : "end";
    if (entry.run) runs.push({ ...(entry.run as Run) });
    else if (entry[how]) Object.assign(runs.find(isSameAs(entry[how] as Run)) ?? {}, { end: how });
    else readEntry(entry, recorded);
  });
  return { recorded, runs };
}

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
  const name = sameness(sending ?? created ?? failed ?? unknown ?? "");
  if (created !== undefined)
    recorded.set(name, { state: "created", ...(groupId !== undefined && { groupId: Number(groupId) }) });
  else if (recorded.get(name)?.state === "created")
    return; // Nothing that a late run writes takes it back.
  else if (failed !== undefined) recorded.set(name, { state: "failed", message });
  else recorded.set(name, { state: "unknown", message: unknown === undefined ? CRASHED : message });
}

const isSameAs = (one: Run) => (other: Run) =>
  one.process === other.process && one.host === other.host && one.at === other.at;

/** As far as it can be seen from here. */
function isAlive(run: Run): boolean {
  if (run.host !== hostname() || run.process === process.pid) return false;
  try {
    process.kill(run.process, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
