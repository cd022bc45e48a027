/** Reports a run: each result as soon as it is known, and a summary at the end. */
import { writeFileSync } from "node:fs";
import { BlockedError } from "@dingrole/client";
import { MAX_UNKNOWN_IN_TURN, type Result } from "./create-groups.ts";
import { describeError, findRefusal, hintOf } from "./describe-error.ts";
import { JournalError, LostJournalError } from "./journal.ts";
import { toList } from "./list.ts";
import { type ExitCode, exitCodeOf, exitCodes, messageOf, printable, printableName } from "./outcome.ts";
import { formatCount, formatTime, type Output, paint, plural } from "./output.ts";

/** Prints a result. On a terminal, a run over a file has a progress bar and a summary instead. */
export function report(result: Result, output: Output, isFromFile: boolean) {
  if (!isFromFile || !isOnTerminal(output)) tell([result], output, output.result);
}

const isOnTerminal = ({ json }: Output) => process.stdout.isTTY && !json;

/** Says how to get the ids that `report` has not printed. */
export function adviseOutput(results: readonly Result[], output: Output) {
  if (isOnTerminal(output) && results.some(({ groupId }) => groupId !== undefined))
    output.note("For the ids, run it again with --output ids.tsv: created groups are not sent again.");
}

/** Writes the results to a file, or to stdout if that fails. Returns whether the file was written. */
export function writeResults(results: readonly Result[], file: string, output: Output): boolean {
  let text = "";
  tell(results, output, (words, data) => {
    text += `${output.toLine(words, data)}\n`;
  });
  try {
    writeFileSync(file, text);
    output.note(`The results are in ${printable(file)}`);
    return true;
  } catch (error) {
    output.fault(`${paint("red", "✗")} --output: ${messageOf(error)}: the results are on stdout`);
    tell(results, output, output.result);
    return false;
  }
}

/** Without `--json`, only created groups have a line. */
function tell(results: readonly Result[], { json }: Output, say: Output["result"]) {
  for (const result of results) {
    const { state, group, groupId } = result;
    if (json || state === "created") say(`${groupId ?? "id unknown"}\t${printable(group.name)}`, toJson(result));
  }
}

export function toJson({ group, state, groupId, error, isEarlier, isUnrecorded }: Result) {
  const { errcode, category } = findRefusal(error) ?? {};
  return {
    ...group,
    // It was tried, although its error would stop the other groups, too.
    state: state === "waiting" && error !== undefined ? "failed" : state,
    groupId,
    errcode,
    category,
    message: error === undefined ? undefined : messageOf(error),
    hint: hintOf(error),
    isEarlier,
    isUnrecorded,
  };
}

export function summarize(results: readonly Result[], time: number, output: Output) {
  const created = results.filter(({ state }) => state === "created");
  const earlier = created.filter(({ isEarlier }) => isEarlier).length;
  const mark = created.length === results.length ? paint("green", "✓") : paint("yellow", "!");
  const before = earlier > 0 ? `, ${formatCount(earlier)} of them in earlier runs` : "";
  const all = plural(results.length, "role group");
  output.note(`${mark} ${formatCount(created.length)} of ${all} created${before}, in ${formatTime(time)}`);

  const list = (what: string, isMeant: (result: Result) => unknown) =>
    listResults(results.filter(isMeant), what, output);
  list(
    "created, but the answer had no valid id: dingrole list shows it",
    (each) => each.state === "created" && each.groupId === undefined,
  );
  list("refused, and not carried out", ({ state }) => state === "failed");
  list("with an unknown outcome: created or not", ({ state }) => state === "unknown");
  list(
    "created, but not written to the journal: note them down, because the next run does not know them",
    ({ isUnrecorded }) => isUnrecorded,
  );
}

function listResults(results: readonly Result[], what: string, output: Output) {
  if (results.length === 0) return;
  output.fault(`${paint("yellow", "!")} ${formatCount(results.length)} ${what}`);
  const lines = results.map(({ group, groupId, error }) => {
    const line = group.line === undefined ? "" : `line ${group.line}: `;
    const id = groupId === undefined ? "" : ` (${groupId})`;
    const why = error === undefined ? "" : `: ${messageOf(error)}`;
    return `${line}${printableName(group.name)}${id}${why}`;
  });
  for (const line of toList(lines)) output.fault(`    ${line}`);
}

/** Reports the errors of names that are arguments. Names with the same error share a line. */
export function listFaults(results: readonly Result[], output: Output) {
  const names = new Map<string, string[]>();
  for (const { group, state, error, isUnrecorded } of results) {
    if (state === "created" && error === undefined && !isUnrecorded) continue;
    const mark = state === "unknown" ? paint("yellow", "?") : paint("red", "✗");
    const why = error === undefined ? "not sent" : describeError(error);
    const what = state === "unknown" ? `may or may not exist: ${why}` : why;
    const key = `${mark}\0${isUnrecorded ? "created, but not written to the journal" : what}`;
    names.set(key, [...(names.get(key) ?? []), printableName(group.name)]);
  }
  for (const [key, list] of names) {
    const [mark, what] = key.split("\0");
    output.fault(`${mark} ${list.join(", ")}: ${what}`);
  }
}

/** The next steps, one per line. Names that are arguments have no `journal`, and their errors are already printed. */
export function* adviseNext(results: readonly Result[], cause: unknown, journal: string | undefined | false) {
  const count = (...states: Result["state"][]) => results.filter(({ state }) => states.includes(state)).length;
  const [unknown, left] = [count("unknown"), count("waiting", "failed")];
  if (cause !== undefined && (journal || cause instanceof JournalError))
    yield `${paint("red", "✗")} The run was ended: ${endReason(cause, unknown)}`;
  const isLost = cause instanceof LostJournalError;
  if (unknown > 0 && journal && !isLost)
    yield "Look with dingrole list which of the unknown ones exist. Remove their rows from the file, and keep the journal; --retry-unknown sends the others again.";
  else if (unknown > 0) yield "Look with dingrole list whether they exist, before you send them again.";
  if (isLost && journal)
    yield "The journal has lost created groups: another run would create them again. Remove their rows from the file, then run it with another --journal.";
  else if (left > 0 && journal)
    yield `${plural(left, "role group")} still to be created: ${count("failed") > 0 ? "correct the refused rows, " : ""}run it again to continue. The journal is ${printable(journal)}`;
}

function endReason(cause: unknown, unknown: number): string {
  const isInTurn = exitCodeOf(cause) === exitCodes.unknown && unknown >= MAX_UNKNOWN_IN_TURN;
  const inTurn = isInTurn ? `${MAX_UNKNOWN_IN_TURN} unknown outcomes one after another; the last: ` : "";
  const until = cause instanceof BlockedError ? new Date(cause.until).toTimeString().slice(0, 8) : undefined;
  return `${inTurn}${describeError(cause)}${until === undefined ? "" : `\n  → Run it again after ${until}.`}`;
}

export function exitCodeFor(results: readonly Result[], cause: unknown, isStopped: boolean): ExitCode {
  const has = (state: Result["state"]) => results.some((result) => result.state === state);
  if (has("unknown")) return exitCodes.unknown;
  if (isStopped && has("waiting")) return exitCodes.interrupted;
  if (has("failed") || has("waiting")) return exitCodes.failed;
  return cause === undefined ? exitCodes.done : exitCodeOf(cause);
}
