/** `dingrole create`: role groups from arguments, or from a file. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { BlockedError } from "@dingrole/client";
import { type ConnectionFlags, type Place, readCredentials, readEnvironment, readPlace } from "../connection.ts";
import { createGroups, MAX_UNKNOWN_IN_TURN, type Result, recallResults } from "../create-groups.ts";
import { JournalError, noJournal, openJournal, readJournal } from "../journal.ts";
import { describeError, type ExitCode, exitCodeOf, exitCodes, hintOf, printable, RefusedError } from "../outcome.ts";
import { createOutput, formatCount, formatTime, type Output, type OutputFlags, paint, plural } from "../output.ts";
import { createProgress } from "../progress.ts";
import { checkNames, type Group, readGroups } from "../read-groups.ts";

export interface CreateFlags extends ConnectionFlags, OutputFlags {
  from?: string;
  journal?: string;
  retryUnknown?: boolean;
  dryRun?: boolean;
  concurrency: number;
  rate: number | false;
}

const SHOWN = 20;

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
  return summarize([...results.values()], {
    cause,
    file,
    flags,
    output,
    time: performance.now() - from,
    stop: stop.signal,
  });
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

/** One group's result, as soon as it is known. Of a file's groups, people read the summary. */
function report(result: Result, output: Output, isFromFile: boolean) {
  const { state, group, groupId, error } = result;
  if (output.json) return output.result("", toJson(result));
  if (isFromFile) return;
  const name = printable(group.name);
  if (state === "created") output.result(`${groupId ?? "id unknown"}\t${name}`, {});
  else output.fault(`${paint("red", "✗")} ${name}: ${error === undefined ? "not sent" : describeError(error)}`);
}

function toJson({ group, state, groupId, error, isEarlier, isUnrecorded }: Result) {
  const message = error instanceof Error ? error.message : undefined;
  const { errcode, category } = (error ?? {}) as { errcode?: number; category?: string };
  return { ...group, state, groupId, errcode, category, message, hint: hintOf(error), isEarlier, isUnrecorded };
}

interface End {
  cause: unknown;
  file: string | undefined;
  flags: CreateFlags;
  output: Output;
  time: number;
  stop: AbortSignal;
}

function summarize(results: readonly Result[], { cause, file, flags, output, time, stop }: End): ExitCode {
  const of = (state: Result["state"]) => results.filter((result) => result.state === state);
  const [created, failed, unknown, waiting] = [of("created"), of("failed"), of("unknown"), of("waiting")];
  const isFromFile = flags.from !== undefined;

  if (isFromFile) {
    const earlier = created.filter(({ isEarlier }) => isEarlier).length;
    const before = earlier > 0 ? `, ${formatCount(earlier)} of them in earlier runs` : "";
    output.note(
      `${created.length === results.length ? paint("green", "✓") : paint("yellow", "!")} ${formatCount(created.length)} of ${plural(results.length, "role group")} created${before}, in ${formatTime(time)}`,
    );
    list(
      created.filter(({ groupId }) => groupId === undefined),
      "created, though the answer had no right id: find it in DingTalk's console",
      output,
    );
    list(failed, "refused, and not carried out", output);
    list(unknown, "of unknown outcome: it may have been created, or not", output);
  }
  list(
    results.filter(({ isUnrecorded }) => isUnrecorded),
    "created, and not written to the journal: note them down, for the next run cannot know it",
    output,
  );
  for (const line of adviseNext()) output.fault(line);
  return endCode();

  function* adviseNext() {
    if (cause !== undefined && (isFromFile || cause instanceof JournalError))
      yield `${paint("red", "✗")} The run was ended: ${endReason(cause, unknown.length)}`;
    if (unknown.length > 0)
      yield `Look in DingTalk's console whether ${isFromFile ? "those of unknown outcome" : "it"} exist${isFromFile ? "" : "s"}, before sending again.${isFromFile ? " Take those that do out of the file; --retry-unknown sends the others again." : ""}`;
    if (isFromFile && waiting.length + failed.length > 0)
      yield `${plural(waiting.length + failed.length, "role group")} still to be created: run it again, and it goes on. The journal is ${file}`;
  }

  function endCode(): ExitCode {
    if (unknown.length > 0) return exitCodes.unknown;
    if (stop.aborted && waiting.length > 0) return exitCodes.interrupted;
    if (failed.length + waiting.length > 0) return exitCodes.failed;
    return cause === undefined ? exitCodes.done : exitCodeOf(cause);
  }
}

function endReason(cause: unknown, unknown: number): string {
  const until =
    cause instanceof BlockedError
      ? `\n  → Run it again after ${new Date(cause.until).toTimeString().slice(0, 8)}.`
      : "";
  const inTurn =
    unknown >= MAX_UNKNOWN_IN_TURN ? `${MAX_UNKNOWN_IN_TURN} outcomes one after another were unknown; the last: ` : "";
  return `${exitCodeOf(cause) === exitCodes.unknown ? inTurn : ""}${describeError(cause)}${until}`;
}

function list(results: readonly Result[], what: string, output: Output) {
  if (results.length === 0) return;
  output.fault(`${paint("yellow", "!")} ${formatCount(results.length)} ${what}`);
  for (const { group, groupId, error } of results.slice(0, SHOWN)) {
    const line = group.line === undefined ? "" : `line ${group.line}: `;
    const id = groupId === undefined ? "" : ` (${groupId})`;
    output.fault(`    ${line}${printable(group.name)}${id}${error === undefined ? "" : `: ${describeError(error)}`}`);
  }
  if (results.length > SHOWN) output.fault(`    … and ${formatCount(results.length - SHOWN)} more: --json lists all`);
}
