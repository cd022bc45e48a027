/** What a call costs at run time, and what it costs to get as far as the first one. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { builtFile, directory, type Kind, run, say } from "./kinds.ts";

export interface Job {
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
/** What is measured is a process that has been running for some time: by then the compiler has done its work. */
const WARM_UP_CALLS = 10_000;

export async function measureSpeed(kinds: Kind[], rounds: number, calls: number, idle: boolean): Promise<Costs> {
  const server = fork(join(directory, "server.ts"));
  const [port] = await once(server, "message");
  const costs: Costs = Object.fromEntries(kinds.map(({ file }) => [file, { one: [], some: [], many: [], idle: [] }]));
  for (let round = 0; round < rounds; round++) {
    say(`round ${round + 1} of ${rounds}`);
    await runRound(kinds, `http://127.0.0.1:${port}`, calls, idle, costs);
  }
  server.disconnect();
  return costs;
}

async function runRound(kinds: Kind[], origin: string, calls: number, idle: boolean, costs: Costs) {
  const workers = new Map<Kind, ChildProcess>();
  for (const kind of kinds) workers.set(kind, await startWorker(kind, origin));
  for (const worker of workers.values()) await order(worker, { calls: WARM_UP_CALLS, inFlight: 16 });

  for (const level of ["one", "some", "many"] as const)
    for (let slice = 0; slice < SLICES; slice++)
      for (const [{ file }, worker] of shuffle([...workers]))
        costs[file]?.[level].push(await order(worker, { calls: Math.ceil(calls / SLICES), inFlight: levels[level] }));
  if (idle) {
    await wait(IDLE_MS);
    for (const [{ file }, worker] of shuffle([...workers]))
      costs[file]?.idle.push(await order(worker, { calls: 16, inFlight: 16 }));
  }
  for (const worker of workers.values()) worker.disconnect();
}

async function startWorker(kind: Kind, origin: string): Promise<ChildProcess> {
  const worker = fork(join(directory, "worker.ts"), [builtFile(kind), origin]);
  await answerOf(worker, kind.name);
  return worker;
}

async function order(worker: ChildProcess, job: Job): Promise<Cost> {
  worker.send(job);
  return (await answerOf(worker, worker.spawnargs.at(-2) as string)) as Cost;
}

async function answerOf(worker: ChildProcess, name: string): Promise<unknown> {
  const ended = new AbortController();
  const exit = once(worker, "exit", { signal: ended.signal }).then(() => {
    throw new Error(`${name}'s process ended`);
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
