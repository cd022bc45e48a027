/** What a call costs at run time, and what it costs to get as far as the first one. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { builtFile, directory, type Kind, run, say } from "./kinds.ts";

export interface Job {
  /** What is called, by its place among the worker's files. */
  kind: number;
  calls: number;
  inFlight: number;
}

export interface Cost {
  /** Microseconds of CPU for each call. */
  cpu: number;
  /** Calls a second. */
  rate: number;
}

/** `one`, `some` and `many` calls in flight; and `idle`, a burst after nothing was sent for a while. */
export const levels = { one: 1, some: 16, many: 64, idle: 16 };
export type Level = keyof typeof levels;
/** By kind's file and level, one for each slice of each round. */
export type Costs = Record<string, Record<Level, Cost[]>>;

const IDLE_MS = 12_000;
/** A round's calls are made in turns: what is compared is measured within a second or two. */
const SLICES = 6;
/** In one process, within a tenth of a second. */
const TOGETHER_CALLS = 48;
/** What is measured is a process that has been running for some time: by then the compiler has done its work. */
const WARM_UP_CALLS = 10_000;

interface Runs {
  rounds: number;
  calls: number;
  /** Also a burst after nothing was sent for a while. */
  idle: boolean;
  /** All kinds in one process: small differences show, and what one leaves to be collected others may pay. */
  together: boolean;
}

export async function measureSpeed(kinds: Kind[], runs: Runs): Promise<Costs> {
  const server = fork(join(directory, "server.ts"));
  const [port] = await once(server, "message");
  const costs: Costs = Object.fromEntries(kinds.map(({ file }) => [file, { one: [], some: [], many: [], idle: [] }]));
  for (let round = 0; round < runs.rounds; round++) {
    say(`round ${round + 1} of ${runs.rounds}`);
    await runRound(kinds, `http://127.0.0.1:${port}`, runs, costs);
  }
  server.disconnect();
  return costs;
}

async function runRound(kinds: Kind[], origin: string, { calls, idle, together }: Runs, costs: Costs) {
  const workers: ChildProcess[] = [];
  for (const group of together ? [kinds] : kinds.map((kind) => [kind])) workers.push(await startWorker(group, origin));
  const order = async (kind: Kind, calls: number, inFlight: number) => {
    const at = kinds.indexOf(kind);
    const worker = workers[together ? 0 : at] as ChildProcess;
    worker.send({ kind: together ? at : 0, calls, inFlight } satisfies Job);
    return (await answerOf(worker)) as Cost;
  };

  for (const kind of kinds) await order(kind, WARM_UP_CALLS, 16);
  const size = together ? TOGETHER_CALLS : Math.ceil(calls / SLICES);
  for (const level of ["one", "some", "many"] as const)
    for (let made = 0; made < calls; made += size)
      for (const kind of shuffle(kinds)) costs[kind.file]?.[level].push(await order(kind, size, levels[level]));
  if (idle) {
    await wait(IDLE_MS);
    for (const kind of shuffle(kinds)) costs[kind.file]?.idle.push(await order(kind, 16, levels.idle));
  }
  for (const worker of workers) worker.disconnect();
}

async function startWorker(kinds: Kind[], origin: string): Promise<ChildProcess> {
  const worker = fork(join(directory, "worker.ts"), [origin, ...kinds.map(builtFile)]);
  await answerOf(worker);
  return worker;
}

async function answerOf(worker: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const exit = once(worker, "exit", { signal: ended.signal }).then(() => {
    throw new Error(`The process ended: ${worker.spawnargs.join(" ")}`);
  });
  const message = once(worker, "message", { signal: ended.signal });
  try {
    const [answer] = await Promise.race([message, exit]);
    return answer;
  } finally {
    exit.catch(() => {});
    message.catch(() => {});
    ended.abort();
  }
}

/** Milliseconds from a process's start until its client is made, over a process that makes none. One for each round. */
export function measureStartup(kinds: Kind[], rounds: number): Record<string, number[]> {
  const times: Record<string, number[]> = Object.fromEntries(kinds.map(({ file }) => [file, []]));
  for (let round = 0; round < rounds; round++) {
    if (round % 5 === 0) say(`startup, round ${round + 1} of ${rounds}`);
    for (const kind of shuffle(kinds)) {
      const bare = startOnce("");
      const url = pathToFileURL(builtFile(kind)).href;
      const made = startOnce(`import { create } from ${JSON.stringify(url)}; create("http://127.0.0.1:9");`);
      times[kind.file]?.push(made - bare);
    }
  }
  return times;
}

function startOnce(code: string): number {
  const end = 'import { writeSync } from "node:fs"; writeSync(1, String(performance.now())); process.exit();';
  return Number(run(["--input-type=module", "--eval", `${code} ${end}`]));
}

/** In any order, each time another: what comes after what has its effect, too. */
function shuffle<Item>(items: Item[]): Item[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .toSorted(([one], [other]) => one - other)
    .map(([, item]) => item);
}

export function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const pair = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]] as [number, number];
  return (pair[0] + pair[1]) / 2;
}
