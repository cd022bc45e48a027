/**
 * What became of each role group, on disk before the next step is taken: `sending` before an attempt leaves, what came of it
 * after. A line is a JSON object, and is only appended. After a crash, a group that is `sending` and no more is `unknown`.
 *
 * Two runs never send the same group, wherever they run, and no lock is left behind. Each begins with a line of its own, and
 * reads only after it. The last to begin goes on. A run looks after each `sending` whether another has begun since; it then
 * does not send, and writes `unsent`. A second run gives way if it can see that the first lives.
 *
 * What an earlier run was sending when a later one begins may still be on the wire. It is not if the earlier run has written
 * its end, or if its process has gone from this machine. Of a run on another machine or in another container neither is seen.
 * But it begins no attempt once the later run has begun, and its last attempt ends by its own clock after `ATTEMPT_MS`. So
 * the later run waits as long, and a margin, by its own clock: no clocks are compared, and nobody has to send signs of life.
 * What the earlier run has not told by then is `unknown`. The later run does not send it again, whatever it was asked for:
 * nobody can have looked for what was on the wire when it began. Not covered is a machine that is put to sleep between its
 * look at the journal and its request, for longer than the wait.
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

/** Whom the groups are created for. */
export interface Target {
  readonly place: string;
  /** Of an app's key and a token one is there, or neither. */
  readonly appKey?: string | undefined;
  readonly accessToken?: string | undefined;
  /** Asked if the journal's last run had another key or token: `difference` says which. */
  readonly isSameOrganization: (difference: string) => boolean | Promise<boolean>;
}

/** The journal could not be written, or another run has it. */
export class JournalError extends Error {}

/** It was deleted, replaced or cut: it does not say what this run has created. */
export class LostJournalError extends JournalError {}

export interface Journal {
  readonly recorded: Recall;
  /** Resolves when it is on the disk; of a `sending`, when no other run has the journal. */
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
  /** For a process that exits now: the next run need not wait for it. */
  abandon(): void;
}

/** By name. Two spellings of one name in Unicode are one. */
export interface Recall {
  get(name: string): Recorded | undefined;
}

/** A journal for what is not to be gone on with. */
export const noJournal: Journal = { recorded: new Map(), append: async () => {}, close: async () => {}, abandon() {} };

/** The longest that an attempt may take. */
export const ATTEMPT_MS = 10_000;
const waits = {
  /** For what another run was sending: the longest attempt, and what a run that is displaced takes to say what came of it. */
  outcomeMs: ATTEMPT_MS + 5000,
  /** For a run that finds this one alive to give way. */
  giveWayMs: 2000,
};

/** What a journal says, and nothing where there is no file. */
export async function readJournal(file: string, target: Target): Promise<Recall> {
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isFile()) throw new RefusedError(`${file} is not a file: name another with --journal`);
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
    throw new RefusedError(`${file} is the journal of ${shorten(last.place)}, not of ${place}: ${other}`);
  if (last.app === appKey && (appKey !== undefined || hasFingerprint(accessToken, last.token))) return;
  const difference = printable(
    last.app === undefined && appKey === undefined
      ? `${file} was begun with another access token: that of another organization, or an earlier one of the same`
      : `${file} was begun with ${nameKey(last.app)}, and this is ${nameKey(appKey)}`,
  );
  if (!(await isSameOrganization(difference)))
    throw new RefusedError(
      `${difference}. If it is another organization, ${other}; if it is the same one, add --same-organization`,
    );
}

const nameKey = (key: string | undefined) => (key === undefined ? "an access token" : `app ${shorten(key)}`);

/** Tells tokens apart, and does not tell the token. */
function fingerprint(token: string, salt = randomBytes(8).toString("hex")): string {
  return `${salt} ${createHash("sha256").update(`${salt} ${token}`).digest("hex").slice(0, 16)}`;
}

const hasFingerprint = (token: string | undefined, print: string | undefined) =>
  token !== undefined && print !== undefined && fingerprint(token, print.split(" ")[0]) === print;

/** Throws a `RefusedError` where the journal is another run's, another target's, or damaged. `note` tells of a wait. */
export async function openJournal(
  file: string,
  target: Target,
  note: (words: string) => void = () => {},
  { outcomeMs, giveWayMs } = waits,
): Promise<Journal> {
  await readJournal(file, target); // What is wrong with it is found before anything is added.
  const run = describeRun(target);
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

  const tellEnd = (how: End) => `\n${JSON.stringify({ [how]: run })}\n`;
  const end = async (how: End) => {
    await write(handle, tellEnd(how)).catch(() => {}); // The process's end says the same.
    await handle.close();
  };
  const { runs } = await readFrom(file);
  const other = runs.slice(0, runs.findIndex(isSameAs(run))).find((each) => !each.end && look(each) === "alive");
  if (other) {
    await end("gaveWay");
    throw new RefusedError(
      `${file} is in use by ${nameRun(other)}: wait until it has ended. If that process is not dingrole, remove its line from the journal`,
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

/** Waits for what runs that have not ended were sending. Returns the names, and has those that stay unknown written down. */
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
      `The journal's ${run}, was sending ${count}, and has not ended as far as can be seen from here. Waiting up to ${seconds} s for the outcome.`,
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

const tellUnderWay = (run: Run) => `${nameRun(run)}, was sending it, and has not told what came of it`;

/** Lines that wait are written together, and put on the disk by one `fsync`. */
function createAppend(handle: FileHandle, file: string, run: Run, giveWayMs: number): Journal["append"] {
  let waiting: { entry: Entry; resolve: () => void; reject: (error: Error) => void }[] = [];
  let fault: JournalError | undefined;
  let taken: JournalError | undefined;
  let isWriting = false;
  let place: number | undefined;
  /** How long the file is if no other run writes. */
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
        if (ino !== place) throw new Error("another file has taken its place");
        if (begun.length > 0 && length !== size) taken ??= await findTaken(length);
        Fault = JournalError;
        if (taken) await writeLines(begun.map((unsent) => ({ unsent })));
      } catch (error) {
        // After half a line nothing more may follow in this run.
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

  /** Whether another run has begun since. What it wrote shows in the size, and it may be about to give way. */
  async function findTaken(length: number): Promise<JournalError | undefined> {
    let other: Run | undefined;
    for (let wait = 0; wait < giveWayMs; wait += 50) {
      const { runs } = await readFrom(file);
      const own = runs.findIndex(isSameAs(run));
      // Cut by an editor, or written over by another machine: then neither can know what the other does.
      if (own < 0) throw new Error("lines that were in it are gone");
      const others = runs.slice(own + 1).filter((each) => each.end !== "gaveWay");
      other = others[0];
      if (!other) {
        size = length;
        return undefined;
      }
      if (others.some((each) => each.end)) break; // It went on, and has done what there was to do.
      await sleep(50);
    }
    return new JournalError(
      `another run has taken the journal ${file} over, and goes on: ${nameRun(other as Run)}. Wait until it has ended before you run it again`,
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

/** So that a new file is there after a power cut, too. */
async function syncFolder(file: string) {
  try {
    const folder = await open(dirname(file), "r");
    await folder.sync().finally(() => folder.close());
  } catch {} // Windows opens no folder.
}

const readFrom = async (file: string) => readEntries(await readFile(file, "utf8"), file);

/** What is being sent by runs that have not ended, as far as it can be seen from here. */
function findUnderWay({ groups, runs }: Content): { name: string; by: Run }[] {
  const going = new Set(runs.filter((run) => !run.end && look(run) !== "gone"));
  return [...groups].flatMap(([name, { by, sending }]) => {
    const run = runs[by];
    return sending && run && going.has(run) ? [{ name, by: run }] : [];
  });
}

/** `underWay`: names that were so when the run began. Without it, those that are so. */
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
