/** `dingrole create`: role groups from arguments, or from a file. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { type ConnectionFlags, type Place, readCredentials, readEnvironment, readPlace } from "../connection.ts";
import { createGroups, type Result, recallResults } from "../create-groups.ts";
import { noJournal, openJournal, readJournal } from "../journal.ts";
import { type ExitCode, exitCodes, printable, RefusedError } from "../outcome.ts";
import { createOutput, formatCount, formatTime, type Output, type OutputFlags, plural } from "../output.ts";
import { createProgress } from "../progress.ts";
import { checkNames, type Group, readGroups } from "../read-groups.ts";
import { adviseNext, exitCodeFor, report, summarize, toJson } from "../report.ts";

export interface CreateFlags extends ConnectionFlags, OutputFlags {
  from?: string;
  journal?: string;
  retryUnknown?: boolean;
  dryRun?: boolean;
  concurrency: number;
  rate: number | false;
}

export async function create(names: readonly string[], flags: CreateFlags): Promise<ExitCode> {
  const output = createOutput(flags);
  const groups = await readInput(names, flags);
  const environment = readEnvironment(flags);
  const place = readPlace(flags, environment);
  const file = journalOf(flags);
  if (flags.dryRun) return foretell(groups, file, place, flags, output);

  const options = { ...place, ...(await readCredentials(environment)) };
  const journal = file === undefined ? noJournal : await openJournal(file, nameOf(place));
  const results = new Map<string, Result>();
  const progress = flags.from === undefined ? undefined : createProgress(groups.length, output);
  const stop = stopOnSignal(progress?.say ?? output.note);
  const from = performance.now();
  let cause: unknown;
  try {
    cause = await createGroups(groups, {
      ...flags,
      options,
      journal,
      retryUnknown: flags.retryUnknown ?? false,
      stop: stop.signal,
      onResult(result) {
        results.set(result.group.name, result);
        if (result.state !== "waiting") progress?.advance();
        report(result, output, flags.from !== undefined);
      },
    });
  } finally {
    progress?.end();
    stop.release();
    await journal.close();
  }
  const all = [...results.values()];
  if (flags.from !== undefined) summarize(all, performance.now() - from, output);
  for (const line of adviseNext(all, cause, flags.from !== undefined && file)) output.fault(line);
  return exitCodeFor(all, cause, stop.signal.aborted);
}

async function readInput(names: readonly string[], { from }: CreateFlags): Promise<Group[]> {
  if (from !== undefined && names.length > 0) throw new RefusedError("give names, or --from, and not both");
  if (from === undefined) {
    if (names.length === 0) throw new RefusedError("there is nothing to create: give names, or --from FILE");
    return checkNames(names);
  }
  if (from === "-") return readGroups(await buffer(process.stdin), "stdin");
  try {
    return readGroups(readFileSync(from), basename(from));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw new RefusedError(`--from: ${(error as Error).message}`);
    throw error;
  }
}

function journalOf({ from, journal }: CreateFlags): string | undefined {
  if (from === "-" && journal === undefined)
    throw new RefusedError(
      "--from - needs --journal FILE: there it is written down what has been created, so that nothing is sent twice",
    );
  return journal ?? (from === undefined ? undefined : `${from}.journal.jsonl`);
}

const nameOf = ({ baseUrl, region }: Place) => baseUrl ?? region;

/** What a run would do. Nothing is sent or written. */
async function foretell(
  groups: readonly Group[],
  file: string | undefined,
  place: Place,
  flags: CreateFlags,
  output: Output,
) {
  const recorded = file === undefined ? noJournal.recorded : await readJournal(file, nameOf(place));
  const results = recallResults(groups, recorded, flags.retryUnknown ?? false);
  const count = (state: Result["state"]) => results.filter((result) => result.state === state).length;
  for (const result of results)
    if (output.json || flags.from === undefined)
      output.result(`would create ${printable(result.group.name)}`, toJson(result));
  const time = flags.rate === false ? "" : `, in ${formatTime((count("waiting") / flags.rate) * 1000)} or more`;
  output.note(`${plural(count("waiting"), "role group")} would be created at ${nameOf(place)}${time}.`);
  if (count("created") > 0) output.note(`${formatCount(count("created"))} were created in earlier runs.`);
  if (count("unknown") > 0) output.note(`${formatCount(count("unknown"))} of unknown outcome would be left alone.`);
  return exitCodes.done;
}

/** The first signal lets what is under way come to its end; the second does not. */
function stopOnSignal(say: Output["note"]) {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(exitCodes.interrupted);
    say("Stopping when the calls under way have ended. Again, and it ends at once.");
    stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  // Whoever reads the results has gone: no more are made.
  process.stdout.on("error", () => stop.abort());
  return {
    signal: stop.signal,
    release() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
