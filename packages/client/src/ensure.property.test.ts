/**
 * Faults at every point of `ensureRoleGroup` and `ensureRole`, on a virtual clock. `npm test` runs a share of the schedules;
 * `SCHEDULES=66000 npx vitest run ensure.property` runs so many at random and all with three faults, and prints their numbers.
 */
import { writeSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  DuplicatesError,
  type EnsureOptions,
  type EnsureResult,
  ensureRole,
  ensureRoleGroup,
  type Lock,
} from "./ensure.ts";
import { createClient, DingTalkError } from "./index.ts";

const drain = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Timers that fire one after the other as soon as nothing else happens. */
function useVirtualClock() {
  let now = 0;
  let last = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  const set = (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
    timers.set(++last, { at: now + milliseconds, run: () => run(...args) });
    return last;
  };
  vi.stubGlobal("setTimeout", set);
  vi.stubGlobal("clearTimeout", (id: number) => timers.delete(id));
  vi.stubGlobal("performance", { now: () => now });
  return {
    now: () => now,
    wait: (milliseconds: number) => new Promise<void>((resolve) => set(() => resolve(), milliseconds)),
    async runUntil(promise: Promise<unknown>) {
      let isOver = false;
      promise.then(() => {
        isOver = true;
      });
      for (let steps = 0; ; steps++) {
        await drain();
        if (isOver) break;
        const [id, next] = [...timers].reduce((first, each) => (each[1].at < first[1].at ? each : first));
        if (steps > 10_000) throw new Error("it does not end");
        timers.delete(id);
        now = Math.max(now, next.at);
        next.run();
      }
      timers.clear();
    },
  };
}
let clock: ReturnType<typeof useVirtualClock>;
beforeEach(() => {
  clock = useVirtualClock();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const listFaults = ["", "reset", "503", "busy", "timeout", "limit", "token", "cut", "denied", "other"] as const;
const createFaults = [
  ...["", "lose reset", "lose 503", "lose busy", "lose timeout", "lose cut", "lose id"],
  ...["reset", "503", "busy", "timeout", "limit", "token", "denied", "other"],
] as const;

interface Setting {
  thing: "group" | "role";
  /** How long the list does not show a new thing, in milliseconds. The looks take 15 seconds. */
  delay: number;
  rows: number;
  retries: number;
  /** The calls: the number of the process, when they begin, and their options. */
  calls: { process: number; at: number; abortAt?: number; deadline?: number }[];
  hasLock: boolean;
}
/** Returns the number of a fault, from 0 (everything goes well) to `count - 1`. */
type Choose = (count: number) => number;

const busy = { errcode: -1, errmsg: "a" };
const answerOf = (body: unknown, status = 200) =>
  ({
    status,
    headers: new Headers(),
    body: null,
    text: async () => (typeof body === "string" ? body : JSON.stringify(body)),
  }) as Response;

/** Runs a schedule, and returns what is wrong. */
async function run(setting: Setting, choose: Choose): Promise<string | undefined> {
  const { thing, delay, rows, retries, calls, hasLock } = setting;
  const things: { id: number; by: number | "other"; visibleAt: number }[] = [];
  const log: string[] = [];
  const faults: string[] = [];
  const creates: { process: number; hasSeen: boolean }[] = [];
  const add = (by: number | "other") => {
    things.push({ id: 100 - things.length, by, visibleAt: clock.now() + delay });
    log.push(`${by} adds ${things.at(-1)?.id}`);
    return things.at(-1)?.id;
  };
  const listFrom = (offset: number) => {
    const found = things.filter(({ visibleAt }) => visibleAt <= clock.now()).map(({ id }) => ({ id, name: "a" }));
    const groups = found.map(({ id, name }) => ({ groupId: id, name }));
    const own = { groupId: 1, name: "b", ...(thing === "role" && found.length > 0 && { roles: found }) };
    const list = [own, { groupId: 2, name: "c", roles: [{ id: 3, name: "a" }] }, ...(thing === "group" ? groups : [])];
    const page = list.slice(offset, offset + rows);
    return { errcode: 0, request_id: "a", result: { hasMore: offset + rows < list.length, list: page } };
  };
  const clients = new Map<number, ReturnType<typeof createClient>>();
  const clientOf = (process: number) => {
    let lookedAt = 0;
    const fetch = async (url: string, { signal, body }: RequestInit) => {
      const isList = url.includes("/list");
      const possible = isList ? listFaults : createFaults;
      const fault = possible[choose(possible.length)] as string;
      const offset = Number(new URLSearchParams(String(body)).get("offset"));
      if (isList && offset === 0) lookedAt = clock.now();
      if (!isList) creates.push({ process, hasSeen: things.some(({ visibleAt }) => visibleAt < lookedAt) });
      log.push(`${clock.now()} ${process} ${isList ? `list ${offset}` : "create"} ${fault}`);
      if (fault) faults.push(fault);
      const kind = fault.replace("lose ", "");
      await clock.wait(25);
      if (kind === "timeout" || kind === "reset" || kind === "503" || kind === "busy") {
        if (fault !== kind) add(process);
        if (kind === "timeout")
          await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
        if (kind === "reset") throw Object.assign(new Error("a"), { code: "ECONNRESET" });
        return kind === "503" ? answerOf("", 503) : answerOf(busy);
      }
      if (kind === "limit") return answerOf({ errcode: 90018, errmsg: "a" });
      if (kind === "token") return answerOf({ errcode: 40014, errmsg: "a" });
      if (kind === "denied") return answerOf({ errcode: 60011, errmsg: "a" });
      if (isList) {
        const answer = listFrom(offset);
        if (kind === "other" && (thing === "group" || things.length === 0)) add("other");
        await clock.wait(25);
        return answerOf(kind === "cut" ? '{"errcode":0,"re' : answer);
      }
      if (kind === "other" && (thing === "group" || things.length === 0)) add("other");
      if (thing === "role" && things.length > 0) return answerOf({ errcode: 34021, errmsg: "a" });
      const id = add(process);
      await clock.wait(25);
      if (kind === "cut") return answerOf('{"errcode":0,"gr');
      return answerOf({ errcode: 0, errmsg: "ok", ...(kind !== "id" && { groupId: id, roleId: id }) });
    };
    return createClient({ accessToken: () => "a", rate: false, retries, fetch: fetch as never });
  };
  let holder: object | undefined;
  const lock: Lock<object> = {
    async acquire(_, ttl, signal) {
      while (holder) {
        await clock.wait(500);
        signal.throwIfAborted();
      }
      const held = {};
      holder = held;
      clock.wait(ttl).then(() => lock.release(held));
      return held;
    },
    release(held) {
      if (holder === held) holder = undefined;
    },
  };
  const began = clock.now();
  const wrongs: string[] = [];
  const end = async ({ process, at, abortAt, deadline = 120_000 }: Setting["calls"][number]) => {
    if (at) await clock.wait(at);
    const client = clients.get(process) ?? clientOf(process);
    clients.set(process, client);
    const controller = new AbortController();
    if (abortAt !== undefined) clock.wait(abortAt).then(() => controller.abort());
    const options: EnsureOptions = { deadline, signal: controller.signal, ...(hasLock && { lock: lock as Lock }) };
    const start = clock.now();
    const call: Promise<EnsureResult> =
      thing === "group"
        ? ensureRoleGroup(client, { name: "a" }, options)
        : ensureRole(client, { groupId: 1, roleName: "a" }, options);
    const ended = await call.catch((error) => error);
    log.push(`${clock.now()} ${process} ends: ${ended.message ?? JSON.stringify(ended)} ${ended.outcome ?? ""}`);
    check(ended, clock.now() - start <= Math.min(deadline, abortAt ?? Infinity) + 1);
    function check(ended: EnsureResult | DingTalkError, isInTime: boolean) {
      if (!isInTime) wrongs.push("a call outlives its deadline, or its abort");
      const own = things.filter(({ by }) => by !== "other");
      const isAlone = calls.length === 1;
      if (ended instanceof DuplicatesError) {
        if (ended.ids.length < 2 || things.length < 2) wrongs.push("the duplicates are wrong");
      } else if (ended instanceof Error) {
        if (!(ended instanceof DingTalkError)) wrongs.push(`a strange error: ${ended}`);
        else if (isAlone) {
          const isUntouched = ended.operation === "listRoles" || ended.outcome === "not-executed";
          if (isUntouched && own.length > 0) wrongs.push("an error hides a create");
          if (ended.outcome === "executed" && ended.operation !== "listRoles" && !own.length)
            wrongs.push("executed is wrong");
        }
        const isSimple = faults.length === 0 || (faults.length === 1 && faults[0]?.startsWith("lose"));
        if (isAlone && isSimple && abortAt === undefined && deadline > 60_000)
          wrongs.push("a look could have settled it");
      } else {
        const { status } = ended;
        const id = "groupId" in ended ? ended.groupId : ended.roleId;
        const found = things.find((each) => each.id === id);
        if (!found) wrongs.push("the id is wrong");
        if (status === "created" && found?.by !== process) wrongs.push("created is wrong");
        if (status === "existed" && isAlone && own.length > 0) wrongs.push("existed is wrong");
        if (status === "recovered" && !creates.some((each) => each.process === process))
          wrongs.push("recovered is wrong");
      }
    }
  };
  await clock.runUntil(Promise.all(calls.map(end)));
  if (things.filter(({ by }) => by !== "other").length > 1) wrongs.push("it created two");
  if (creates.some(({ hasSeen }) => hasSeen)) wrongs.push("it created what the list shows");
  return wrongs.length > 0
    ? `${wrongs.join(", ")} (${JSON.stringify(setting)} at ${began})\n${log.join("\n")}`
    : undefined;
}

const wanted = Number(process.env.SCHEDULES ?? 0);
const say = (text: string) => wanted && writeSync(2, `${text}\n`);

/** Runs all schedules with at most `most` faults among the first `points` requests. */
async function runAll(setting: Setting, most: number, points: number): Promise<number> {
  let count = 0;
  const pending: number[][] = [[]];
  for (let prefix = pending.pop(); prefix; prefix = pending.pop()) {
    const counts: number[] = [];
    const choices = prefix;
    const wrong = await run(setting, (possible) => choices[counts.push(possible) - 1] ?? 0);
    expect(wrong).toBeUndefined();
    count++;
    if (prefix.filter(Boolean).length === most) continue;
    for (let point = prefix.length; point < Math.min(counts.length, points); point++)
      for (let fault = 1; fault < (counts[point] as number); fault++)
        pending.push([...prefix, ...Array(point - prefix.length).fill(0), fault]);
  }
  return count;
}

const alone = { rows: 3, retries: 0, calls: [{ process: 1, at: 0 }], hasLock: false };
test.each<[string, Setting]>([
  ["a role group", { ...alone, thing: "group", delay: 0 }],
  ["a role group that is listed late", { ...alone, thing: "group", delay: 14_000 }],
  ["a role", { ...alone, thing: "role", delay: 0 }],
  ["a role that is listed late", { ...alone, thing: "role", delay: 4000 }],
  ["a role group on the second page", { ...alone, thing: "group", delay: 0, rows: 2 }],
])(
  "%s is created at most once, with faults at every point",
  async (name, setting) => {
    const count = await runAll(setting, wanted ? 3 : 2, wanted ? 8 : 5);
    say(`${count} schedules with at most ${wanted ? 3 : 2} faults: ${name}`);
  },
  600_000,
);

/** Mulberry32. */
function randomOf(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("several calls create at most once, in one process or with a lock, with faults, delays and aborts at random", async () => {
  const seed = Number(process.env.SEED ?? 1);
  const random = randomOf(seed);
  vi.spyOn(Math, "random").mockImplementation(random);
  const pick = <Value>(...values: Value[]) => values[Math.floor(random() * values.length)] as Value;
  const count = wanted || 1000;
  for (let schedule = 0; schedule < count; schedule++) {
    const hasLock = random() < 0.4;
    const rate = pick(0.1, 0.3, 0.6);
    const setting: Setting = {
      thing: pick("group", "role"),
      delay: pick(0, 0, 1000, 4000, 14_000),
      rows: pick(2, 3, 9),
      retries: pick(0, 1, 3),
      hasLock,
      calls: Array.from({ length: pick(1, 1, 2, 3) }, () => ({
        process: hasLock ? pick(1, 2, 3) : 1,
        at: pick(0, 0, 60, 1000, 20_000),
        ...(random() < 0.2 && { abortAt: Math.floor(random() * 30_000) }),
        deadline: pick(120_000, 120_000, 20_000, 3000),
      })),
    };
    const wrong = await run(setting, (possible) => (random() < rate ? Math.floor(random() * possible) : 0));
    expect(wrong, `schedule ${schedule} of SEED=${seed}`).toBeUndefined();
  }
  say(`${count} random schedules of SEED=${seed}`);
}, 600_000);
