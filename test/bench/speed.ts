/** Measures the cost of a call, and of the start before the first call. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { builtFile, directory, type Kind, run, say } from "./kinds.ts";

export interface Job {
  /** The kind, as an index into the worker's files. */
  kind: number;
  calls: number;
  inFlight: number;
}

export interface Cost {
  /** CPU microseconds per call. */
  cpu: number;
  /** Calls per second. */
  rate: number;
}

/** `one`, `some` or `many` calls in flight. `idle`: a burst after an idle time. */
export const levels = { one: 1, some: 16, many: 64, idle: 16 };
export type Level = keyof typeof levels;
/** The costs by the file of the kind and by level, one for each slice of each round. */
export type Costs = Record<string, Record<Level, Cost[]>>;

const IDLE_MS = 12_000;
/** The kinds take turns within a round, so that compared calls are one or two seconds apart at most. */
const SLICES = 6;
/** In one process, compared calls are a tenth of a second apart at most. */
const TOGETHER_CALLS = 48;
/** Warm-up calls before the measurement, so that the compiler has finished its work. */
const WARM_UP_CALLS = 10_000;

interface Runs {
  rounds: number;
  calls: number;
  /** Also measure a burst after an idle time. */
  idle: boolean;
  /** All kinds in one process. Small differences show, but one kind may pay for the garbage of another. */
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
    throw new Error(`The process must keep running, but ended: ${worker.spawnargs.join(" ")}`);
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

/** The milliseconds from the start of a process until it has a client, minus the time of an empty process. One for each round. */
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

/** A new random order each time, because the order has an effect, too. */
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
