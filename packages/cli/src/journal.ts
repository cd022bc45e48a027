/**
 * The file that records the state of each role group: `sending` before an attempt leaves, and its result after the answer. Each
 * line is a JSON object and is on the disk before the next step. Lines are only appended. If a process crashes, a group whose
 * last line is `sending` is `unknown`.
 *
 * Two runs never send the same group, on one machine or on several. They use no lock, so a crash leaves none behind. Each run
 * first appends a line of its own and then reads the file. The last run to begin takes over. After each `sending`, a run checks
 * whether another run has begun since. If so, it writes `unsent` and does not send. If a new run can see that the earlier run is
 * alive, the new run gives way instead.
 *
 * An earlier run may still have a request in flight when a later one begins. It has none if it has written its end, or if its
 * process is gone from this machine. A run on another machine or in another container shows neither. But it begins no attempt
 * after the later run has begun, and its last attempt ends, by its own clock, after `ATTEMPT_MS`. So the later run waits that
 * long and a margin, by its own clock: no two clocks are compared, and no run needs to send a heartbeat. A group whose result is
 * not recorded by then is `unknown`. The later run does not send it, even with `--retry-unknown`: nobody can have looked for a
 * group whose request was in flight. One case is not covered: a machine that sleeps, between its check of the journal and its
 * request, for longer than the wait.
 */
import { createHash, randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  BEGIN,
  type Content,
  type End,
  type Entry,
  isSameAs,
  type Recorded,
  type Run,
  readEntries,
  sameness,
} from "./journal-entries.ts";
import { printable, RefusedError, shorten } from "./outcome.ts";
import { plural } from "./output.ts";
import { describeThisProcess, look } from "./run-process.ts";

/** The host and the credentials that stand for the organization of the groups. */
export interface Target {
  readonly place: string;
  /** Either `appKey` or `accessToken` is set, or neither. */
  readonly appKey?: string | undefined;
  readonly accessToken?: string | undefined;
  /** Called if the journal's last run used another key or token. `difference` describes both. */
  readonly isSameOrganization: (difference: string) => boolean | Promise<boolean>;
}

/** The journal could not be written, or another run has taken it over. */
export class JournalError extends Error {}

/** The journal was deleted, replaced or cut: it lacks groups that this run has created. */
export class LostJournalError extends JournalError {}

export interface Journal {
  readonly recorded: Recall;
  /** Resolves when the entry is on the disk. Rejects a `sending` if another run has taken the journal over. */
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
  /** Writes the end of the run at once, for a process that exits: the next run then need not wait. */
  abandon(): void;
}

/** The recorded state by name. Two Unicode spellings of a name are the same name. */
export interface Recall {
  get(name: string): Recorded | undefined;
}

/** For names that are arguments: such a run cannot be continued. */
export const noJournal: Journal = { recorded: new Map(), append: async () => {}, close: async () => {}, abandon() {} };

/** The timeout of an attempt. */
export const ATTEMPT_MS = 10_000;
const waits = {
  /** How long to wait for the results of another run: its longest attempt, and the time to record the result. */
  outcomeMs: ATTEMPT_MS + 5000,
  /** How long a new run may take to see that this one is alive, and to give way. */
  giveWayMs: 2000,
};

/** Reads the recorded states. A missing file is an empty journal. */
export async function readJournal(file: string, target: Target): Promise<Recall> {
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isFile())
    throw new RefusedError(`the journal must be a regular file, and ${file} is not: name another with --journal`);
  const text = await readFile(file, "utf8").catch((error) => {
    if (error.code === "ENOENT") return "";
    throw new RefusedError(`the journal cannot be read: ${error.message}`);
  });
  const content = readEntries(text, file);
  const last = content.runs.findLast((each) => each.end !== "gaveWay");
  if (last && content.groups.size > 0) await checkTarget(last, target, file);
  return recall(content);
}

async function checkTarget(last: Run, { place, appKey, accessToken, isSameOrganization }: Target, file: string) {
  const other = "name another with --journal";
  if (last.place !== place)
    throw new RefusedError(`${file} must be a journal of ${place}, not of ${shorten(last.place)}: ${other}`);
  if (last.app === appKey && (appKey !== undefined || hasFingerprint(accessToken, last.token))) return;
  const difference = printable(
    last.app === undefined && appKey === undefined
      ? `${file} was begun with another access token, of this or another organization`
      : `${file} was begun with ${nameKey(last.app)}, and this run uses ${nameKey(appKey)}`,
  );
  if (!(await isSameOrganization(difference)))
    throw new RefusedError(
      `${difference}. For the same organization, add --same-organization; for another one, ${other}`,
    );
}

const nameKey = (key: string | undefined) => (key === undefined ? "an access token" : `app ${shorten(key)}`);

/** A salted hash: it tells two tokens apart without revealing them. */
function fingerprint(token: string, salt = randomBytes(8).toString("hex")): string {
  return `${salt} ${createHash("sha256").update(`${salt} ${token}`).digest("hex").slice(0, 16)}`;
}

const hasFingerprint = (token: string | undefined, print: string | undefined) =>
  token !== undefined && print !== undefined && fingerprint(token, print.split(" ")[0]) === print;

/** Throws a `RefusedError` if the journal is in use, belongs to another target, or is damaged. `note` announces a wait. */
export async function openJournal(
  file: string,
  target: Target,
  note: (words: string) => void = () => {},
  { outcomeMs, giveWayMs } = waits,
): Promise<Journal> {
  await readJournal(file, target); // A fault must be found before anything is written.
  const run = describeRun(target);
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, "a");
    // The line break ends a line that a crash may have cut off.
    await write(handle, `\n${BEGIN}${JSON.stringify(run)}}\n`);
    await syncFolder(file);
  } catch (error) {
    await handle?.close();
    throw new RefusedError(`the journal cannot be written: ${(error as Error).message}`);
  }

  const tellEnd = (how: End) => `\n${JSON.stringify({ [how]: run })}\n`;
  const end = async (how: End) => {
    await write(handle, tellEnd(how)).catch(() => {}); // The next run also sees that the process is gone.
    await handle.close();
  };
  const { runs } = await readFrom(file);
  const other = runs.slice(0, runs.findIndex(isSameAs(run))).find((each) => !each.end && look(each) === "alive");
  if (other) {
    await end("gaveWay");
    throw new RefusedError(
      `${file} is in use by ${nameRun(other)}: wait until that run has ended. If that process is not dingrole, remove its line from the journal`,
    );
  }
  const append = createAppend(handle, file, run, giveWayMs);
  const underWay = await waitForOthers(file, append, note, outcomeMs);
  const recorded = recall(await readFrom(file), underWay);
  return {
    recorded,
    append,
    close: () => end("end"),
    abandon() {
      try {
        writeSync(handle.fd, tellEnd("end"));
      } catch {} // As above.
    },
  };
}

function describeRun({ place, appKey, accessToken }: Target): Run {
  return {
    id: randomBytes(4).toString("hex"),
    ...describeThisProcess(),
    at: new Date().toISOString(),
    place,
    ...(appKey !== undefined && { app: appKey }),
    ...(accessToken !== undefined && { token: fingerprint(accessToken) }),
  };
}

/** Waits for the results of runs that have not ended. Returns the names in flight, and records those that stay unknown. */
async function waitForOthers(
  file: string,
  append: Journal["append"],
  note: (words: string) => void,
  longest: number,
): Promise<ReadonlySet<string>> {
  const until = performance.now() + longest;
  const find = async () => findUnderWay(await readFrom(file));
  const first = await find();
  for (const run of new Set(first.map(({ by }) => nameRun(by)))) {
    const count = plural(first.filter(({ by }) => nameRun(by) === run).length, "role group");
    const seconds = Math.ceil(longest / 1000);
    note(
      `Another run (${run}) was sending ${count}, and may not have ended. Waiting up to ${seconds} s for the outcome.`,
    );
  }
  let left = first;
  while (left.length > 0 && performance.now() < until) {
    await sleep(Math.min(250, longest));
    left = await find();
  }
  await Promise.all(left.map(({ name, by }) => append({ unknown: name, message: tellUnderWay(by) })));
  return new Set(first.map(({ name }) => name));
}

const nameRun = ({ process, host, at }: Run) =>
  printable(`process ${process} on ${shorten(host)}, since ${shorten(at)}`);

const tellUnderWay = (run: Run) => `another run (${nameRun(run)}) was sending it, and has not recorded the outcome`;

/** Entries that arrive during a write are written together, with one `fsync`. */
function createAppend(handle: FileHandle, file: string, run: Run, giveWayMs: number): Journal["append"] {
  let waiting: { entry: Entry; resolve: () => void; reject: (error: Error) => void }[] = [];
  let fault: JournalError | undefined;
  let taken: JournalError | undefined;
  let isWriting = false;
  let place: number | undefined;
  /** The file's expected size: a larger one means that another run has written. */
  let size = Number.NaN;

  async function writeWaiting() {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const begun = batch.flatMap(({ entry }) => ("sending" in entry ? [entry.sending] : []));
      let Fault: typeof JournalError = JournalError;
      try {
        if (fault) throw fault;
        await writeLines(batch.map(({ entry }) => entry));
        Fault = LostJournalError;
        const { size: length, ino } = await stat(file);
        place ??= (await handle.stat()).ino;
        if (ino !== place) throw new Error("the file was replaced");
        if (begun.length > 0 && length !== size) taken ??= await findTaken(length);
        Fault = JournalError;
        if (taken) await writeLines(begun.map((unsent) => ({ unsent })));
      } catch (error) {
        // A part of a line may be on the disk, so this run writes nothing more.
        fault ??= new Fault(`the journal ${file} cannot be written: ${(error as Error).message}`);
      }
      for (const { entry, resolve, reject } of batch)
        if (fault || (taken && "sending" in entry)) reject((fault ?? taken) as JournalError);
        else resolve();
    }
    isWriting = false;
  }

  async function writeLines(entries: readonly (Entry | { unsent: string })[]) {
    const text = entries.map((entry) => `${JSON.stringify({ ...entry, by: run.id })}\n`).join("");
    if (text === "") return;
    await write(handle, text);
    size += Buffer.byteLength(text);
  }

  /** The error if another run has begun since, and has not given way. */
  async function findTaken(length: number): Promise<JournalError | undefined> {
    let other: Run | undefined;
    for (let wait = 0; wait < giveWayMs; wait += 50) {
      const { runs } = await readFrom(file);
      const own = runs.findIndex(isSameAs(run));
      // An editor has cut the file, or another machine has overwritten it: two runs could no longer see each other.
      if (own < 0) throw new Error("lines have disappeared from it");
      const others = runs.slice(own + 1).filter((each) => each.end !== "gaveWay");
      other = others[0];
      if (!other) {
        size = length;
        return undefined;
      }
      if (others.some((each) => each.end)) break; // It has taken over, and has ended since.
      await sleep(50);
    }
    return new JournalError(
      `another run has taken over the journal ${file}: ${nameRun(other as Run)}. Wait until that run has ended before you run this one again`,
    );
  }

  return (entry) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ entry, resolve, reject });
      if (!isWriting) writeWaiting();
    });
}

async function write(handle: FileHandle, text: string) {
  await handle.appendFile(text);
  await handle.sync();
}

/** Makes a new file survive a power cut. */
async function syncFolder(file: string) {
  try {
    const folder = await open(dirname(file), "r");
    await folder.sync().finally(() => folder.close());
  } catch {} // Windows cannot open a folder.
}

const readFrom = async (file: string) => readEntries(await readFile(file, "utf8"), file);

/** The groups in flight, in runs that may not have ended. */
function findUnderWay({ groups, runs }: Content): { name: string; by: Run }[] {
  const going = new Set(runs.filter((run) => !run.end && look(run) !== "gone"));
  return [...groups].flatMap(([name, { by, sending }]) => {
    const run = runs[by];
    return sending && run && going.has(run) ? [{ name, by: run }] : [];
  });
}

/** `underWay`: the names that were in flight when the run began; by default the names that are in flight at each look-up. */
function recall(content: Content, underWay?: ReadonlySet<string>): Recall {
  const going = new Map(findUnderWay(content).map(({ name, by }) => [name, by]));
  return {
    get(name) {
      const recorded = content.groups.get(sameness(name))?.recorded;
      const by = going.get(sameness(name));
      if (recorded?.state !== "unknown" || !(underWay ?? going).has(sameness(name))) return recorded;
      return { ...recorded, ...(by && { message: tellUnderWay(by) }), isUnderWay: true };
    },
  };
}
