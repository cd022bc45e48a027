/** `dingrole create`: creates role groups from arguments or from a file. */
import { closeSync, openSync, readFileSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import {
  type ConnectionFlags,
  confirm,
  type FoundCredentials,
  findCredentials,
  type Place,
  readCredentials,
  readEnvironment,
  readPlace,
} from "../connection.ts";
import { createGroups, type Result, recallResults } from "../create-groups.ts";
import { ATTEMPT_MS, LostJournalError, noJournal, openJournal, readJournal, type Target } from "../journal.ts";
import { type ExitCode, exitCodes, printable, printableName, RefusedError, shorten } from "../outcome.ts";
import { createOutput, formatCount, formatTime, type Output, type OutputFlags, paint, plural } from "../output.ts";
import { createProgress } from "../progress.ts";
import { checkNames, type Group, type ReadingFlags, readGroups } from "../read-groups.ts";
import {
  adviseNext,
  adviseOutput,
  exitCodeFor,
  listFaults,
  report,
  summarize,
  toJson,
  writeResults,
} from "../report.ts";

export interface CreateFlags extends ConnectionFlags, OutputFlags, ReadingFlags {
  from?: string;
  journal?: string;
  retryUnknown?: boolean;
  sameOrganization?: boolean;
  dryRun?: boolean;
  output?: string;
  concurrency: number;
  rate: number | false;
}

export async function create(names: readonly string[], flags: CreateFlags): Promise<ExitCode> {
  const output = createOutput(flags);
  const file = journalOf(flags);
  const groups = await readInput(names, flags);
  const environment = readEnvironment(flags);
  const place = readPlace(flags, environment);
  if (flags.dryRun) {
    const target = toTarget(place, findCredentials(environment), flags);
    return foretell(groups, file, place, target, flags, output);
  }

  if (flags.output !== undefined) checkOutput(flags.output, [flags.from, file, flags.env]);
  const credentials = await readCredentials(environment);
  const target = toTarget(place, credentials, flags);
  const journal = file === undefined ? noJournal : await openJournal(file, target, output.note);
  const left = recallResults(groups, journal.recorded, flags.retryUnknown ?? false).filter(isWaiting).length;
  const progress =
    flags.from === undefined ? undefined : createProgress({ total: groups.length, left, rate: flags.rate }, output);
  const results = new Map<Group, Result>();
  const underWay = new Set<Group>();
  const stop = stopOnSignal(progress?.say ?? output.note, () => {
    progress?.end();
    for (const { name } of underWay)
      output.fault(`${paint("yellow", "?")} ${printableName(name)} was being sent: it may exist`);
    journal.abandon();
    process.exit(underWay.size > 0 ? exitCodes.unknown : exitCodes.interrupted);
  });
  const from = performance.now();
  let cause: unknown;
  try {
    cause = await createGroups(groups, {
      ...flags,
      // A call may wait for its slot without limit. Each attempt has its timeout.
      options: { ...place, ...credentials, timeout: ATTEMPT_MS, deadline: false },
      journal,
      retryUnknown: flags.retryUnknown ?? false,
      stop: stop.signal,
      onBegin: (group) => underWay.add(group),
      onResult(result) {
        underWay.delete(result.group);
        results.set(result.group, result);
        if (!result.isEarlier && !isWaiting(result)) progress?.advance();
        if (flags.output === undefined) report(result, output, flags.from !== undefined);
      },
    });
  } finally {
    progress?.end();
    stop.release();
    await journal.close();
  }
  // In the order of the input, not of the answers.
  const isLost = cause instanceof LostJournalError;
  const all = groups
    .flatMap((group) => results.get(group) ?? [])
    .map((result): Result => (isLost && result.state === "created" ? { ...result, isUnrecorded: true } : result));
  if (flags.from !== undefined) summarize(all, performance.now() - from, output);
  else listFaults(all, output);
  const isWritten = flags.output === undefined || writeResults(all, flags.output, output);
  if (flags.output === undefined && flags.from !== undefined && !isLost) adviseOutput(all, output);
  for (const line of adviseNext(all, cause, flags.from !== undefined && file)) output.fault(line);
  return exitCodeFor(all, cause, stop.signal.aborted) || (isWritten ? exitCodes.done : exitCodes.failed);
}

/** A dry run works without credentials. */
function toTarget(
  { region, baseUrl }: Place,
  { appKey, accessToken }: FoundCredentials,
  { sameOrganization = false }: CreateFlags,
): Target {
  const isUnknown = appKey === undefined && accessToken === undefined;
  return {
    place: baseUrl ?? region,
    appKey,
    accessToken,
    isSameOrganization: (difference) =>
      sameOrganization || isUnknown || confirm(`${difference}.\nIs it the same organization? Then the run continues.`),
  };
}

const isWaiting = ({ state }: Result) => state === "waiting";

async function readInput(names: readonly string[], flags: CreateFlags): Promise<Group[]> {
  const { from, column, encoding } = flags;
  if (from !== undefined && names.length > 0)
    throw new RefusedError("names and --from must not both be given: use one of them");
  if (from === undefined) {
    if (names.length === 0) throw new RefusedError("at least one name is required: give names, or --from FILE");
    if (column !== undefined || encoding !== undefined)
      throw new RefusedError("--column and --encoding need --from FILE: they say how to read that file");
    return checkNames(names, flags);
  }
  if (from === "-") return readGroups(await buffer(process.stdin), "stdin", flags);
  try {
    return readGroups(readFileSync(from), basename(from), flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw new RefusedError(`--from: ${(error as Error).message}`);
    throw error;
  }
}

function journalOf({ from, journal }: CreateFlags): string | undefined {
  if (from === undefined || journal !== undefined) return journal;
  const fault = `--from ${shorten(from)} needs --journal FILE, which records created groups, so that no group is sent twice`;
  if (from === "-") throw new RefusedError(fault);
  let found: Stats;
  try {
    found = statSync(from);
  } catch {
    return undefined; // `readInput` reports the error.
  }
  // A journal cannot lie beside a pipe, such as the shell's <(…), or beside a deleted file.
  if (!(found.isFile() || found.isDirectory()) || found.nlink === 0) throw new RefusedError(fault);
  // A file that is reached by a symbolic link has the same journal.
  return `${realpathSync(from)}.journal.jsonl`;
}

/** Refuses a file that cannot be written, or that the run also reads or writes. Its content stays until the run ends. */
function checkOutput(output: string, others: readonly (string | undefined)[]) {
  // Opening and closing a pipe would end its reader.
  if (statSync(output, { throwIfNoEntry: false })?.isFIFO()) return;
  try {
    closeSync(openSync(output, "a"));
  } catch (error) {
    throw new RefusedError(`--output: ${(error as Error).message}`);
  }
  // The same file can have several names.
  const { dev, ino } = statSync(output, { bigint: true });
  for (const other of others) {
    const found = other === undefined ? undefined : statSync(other, { bigint: true, throwIfNoEntry: false });
    if (found?.dev === dev && found.ino === ino) throw new RefusedError(`--output must be another file, not ${other}`);
  }
}

/** Says what a run would do. Sends and writes nothing. */
async function foretell(
  groups: readonly Group[],
  file: string | undefined,
  place: Place,
  target: Target,
  flags: CreateFlags,
  output: Output,
) {
  const recorded = file === undefined ? noJournal.recorded : await readJournal(file, target);
  const results = recallResults(groups, recorded, flags.retryUnknown ?? false);
  for (const result of results)
    if (output.json || isWaiting(result))
      output.result(`would create\t${printable(result.group.name)}`, toJson(result));
  const count = (state: Result["state"]) => results.filter((result) => result.state === state).length;
  const time = flags.rate === false ? "" : `, in ${formatTime((count("waiting") / flags.rate) * 1000)} or more`;
  const where = place.baseUrl ?? `DingTalk's ${place.region} host`;
  output.note(`${plural(count("waiting"), "role group")} would be created at ${where}${time}.`);
  if (count("created") > 0) output.note(`${formatCount(count("created"))} were created in earlier runs.`);
  if (count("unknown") > 0) output.note(`${formatCount(count("unknown"))} with an unknown outcome would not be sent.`);
  return exitCodes.done;
}

/** A closing terminal or a service manager sends several signals at once. Within this time they count as one. */
const AGAIN_MS = 500;

/** After the first signal, calls that have been sent run to their end. The second signal ends the process at once. */
function stopOnSignal(say: Output["note"], leave: () => void) {
  const stop = new AbortController();
  let stoppedAt = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    if (!stop.signal.aborted) {
      stoppedAt = performance.now();
      say("Stopping after the calls in flight. Press Ctrl-C again to end at once.");
      stop.abort();
    } else if (signal !== "SIGHUP" && performance.now() - stoppedAt > AGAIN_MS) leave();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  // If the results cannot be printed, the run stops.
  const onOutputFault = ({ message }: Error) => {
    if (!stop.signal.aborted) say(`Stopping: the results cannot be written to stdout (${message}).`);
    stop.abort();
  };
  process.stdout.on("error", onOutputFault);
  return {
    signal: stop.signal,
    release() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
