/** The creates of the duplicates benchmark: which fault each of them meets, and how the results are counted. */
import { errorCodes } from "@dingrole/client/error-codes";

/** One create of a role group. */
export interface Create {
  name: string;
  /** The mock's scenario for the first call. A call after it succeeds. */
  scenario?: string;
  /** Whether the client's process is killed as soon as the mock has handled that call. */
  isKilled?: boolean;
}

/** The end of a create, as the program reports it. `failed`: the group does not exist. */
export type Outcome = "created" | "failed" | "unknown";

export interface Counts {
  /** The groups that exist twice, or more often. */
  doubled: number;
  /** The groups that do not exist, although the client reported a success. */
  missing: number;
  /** The groups after an error that does not say whether they exist. */
  unknown: number;
  /** The groups that the client correctly reported as not created. */
  failed: number;
}

/** Each fault without `commit:` loses the call, and each one with it loses the answer of a call that is carried out. */
const faults = [
  "resetBeforeRead",
  "addRoleGroup:resetAfterRead",
  "addRoleGroup:commit:resetAfterRead",
  "addRoleGroup:commit:closeAfterRead",
  "addRoleGroup:status:503",
  "addRoleGroup:commit:badGateway",
  "addRoleGroup:cutBody",
  "addRoleGroup:commit:cutBody",
  "addRoleGroup:stall",
  "addRoleGroup:commit:stall",
  "addRoleGroup:busy",
  "addRoleGroup:commit:busy",
  "addRoleGroup:rateLimited",
  "addRoleGroup:expiredToken",
];
const kills = ["addRoleGroup:stall", "addRoleGroup:commit:stall"];

const FAULT_SHARE = 0.02;
/** A kill costs the start of a process, so there are fewer of them. */
const KILL_SHARE = 0.005;

/** The same numbers of faults for each seed. The seed chooses the creates that meet them. */
export function planCreates(count: number, seed: number): Create[] {
  const repeat = (share: number, create: Omit<Create, "name">) =>
    Array.from({ length: Math.round(count * share) }, () => create);
  const faulty = [
    ...faults.flatMap((scenario) => repeat(FAULT_SHARE, { scenario })),
    ...kills.flatMap((scenario) => repeat(KILL_SHARE, { scenario, isKilled: true })),
  ];
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => ({ order: random(), create: faulty[index] ?? {} }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ create }, index) => ({ name: `Group ${index}`, ...create }));
}

/** Numbers from 0 to 1, the same for each seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The client of this repository says it in `outcome`. After an error of any other client, only an errcode proves a failure. */
export function outcomeOf({ outcome, errcode }: { outcome?: string; errcode?: number }): Outcome {
  const isRefused = errcode !== undefined && errorCodes.get(errcode)?.class !== "busy";
  return (outcome ?? (isRefused ? "not-executed" : "unknown")) === "not-executed" ? "failed" : "unknown";
}

/** Compares the program's knowledge with the groups that exist. */
export function countResults(outcomes: ReadonlyMap<string, Outcome>, groups: readonly string[]): Counts {
  const counts: Counts = { doubled: 0, missing: 0, unknown: 0, failed: 0 };
  const existing = new Map<string, number>();
  for (const name of groups) existing.set(name, (existing.get(name) ?? 0) + 1);
  for (const [name, outcome] of outcomes) {
    const times = existing.get(name) ?? 0;
    if (times > 1) counts.doubled++;
    if (outcome === "created" && times === 0) counts.missing++;
    if (outcome === "unknown") counts.unknown++;
    if (outcome === "failed") {
      if (times > 0) throw new Error(`${name} must not exist after a known failure, but it exists ${times} times`);
      counts.failed++;
    }
  }
  return counts;
}
