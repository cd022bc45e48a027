/** Creates role groups and roles that are not there yet. A repeat creates nothing twice. */
import { type EnsuredThings, ensured } from "./generated/ensured.ts";
// The published files: all entries share one copy of the errors, and of paging.
import {
  AbortError,
  type ApiError,
  type CallOptions,
  type Client,
  DingTalkError,
  InputError,
  type OperationId,
  type Outcome,
  TimeoutError,
} from "./index.js";
import { paginate } from "./paginate.js";
import { describe, isFunction, isPositive, isSignal, isTime } from "./rules.ts";
import { findFault } from "./schema.ts";

export type { EnsuredThings } from "./generated/ensured.ts";

/**
 * - `existed`: it was there before, or another program created it meanwhile. This call created nothing.
 * - `created`: DingTalk answered the create with the id.
 * - `recovered`: the outcome of a create was unknown, and a later look found the name.
 */
export type EnsureStatus = "existed" | "created" | "recovered";

/** The id, and how it came about. */
export type EnsureResult<Thing extends keyof EnsuredThings = keyof EnsuredThings> = EnsuredThings[Thing]["result"] & {
  status: EnsureStatus;
};

/** A client, or an object with the two methods that the function calls. */
export type EnsureClient<Thing extends keyof EnsuredThings> = Pick<
  Client,
  EnsuredThings[Thing]["list"] | EnsuredThings[Thing]["create"]
>;

/** A lock that several processes share. A key of Redis can be one: the guide has the lines. Keyv cannot: its `set` replaces. */
export interface Lock<Held = unknown> {
  /**
   * Waits until the key is free and locks it for `ttl` milliseconds. After that time the lock must end by itself, because its
   * process can have died. `signal` is aborted when the call no longer waits. It returns what `release` needs. If it throws, or
   * returns `null` or `false`, nothing is sent.
   */
  acquire(key: string, ttl: number, signal: AbortSignal): Held | PromiseLike<Held>;
  /** Ends the lock, unless another process has it by now. Its errors are ignored. */
  release(held: NonNullable<Held>): unknown;
  /** Whether this process still has the lock. If it exists, it is asked before each create. */
  isHeld?(held: NonNullable<Held>): boolean | PromiseLike<boolean>;
}

/** `timeout` applies to each attempt of each call. */
export interface EnsureOptions extends Omit<CallOptions, "deadline" | "withResponse"> {
  /**
   * How long all calls and pauses may take together, in milliseconds; `false` for no limit.
   * @default 120_000
   */
  deadline?: number | false | undefined;
  /**
   * How often the list is read again, before the absence of a name is believed although a create may have been carried out.
   * @default 4
   */
  looks?: number | undefined;
  /**
   * The pause before the first of these looks, in milliseconds. Each further pause is twice as long: 15 seconds in all. If
   * DingTalk takes longer to carry a create out and to list it, a second one can create a duplicate.
   * @default 1_000
   */
  pause?: number | undefined;
  /**
   * How many creates are sent at most. With 1, nothing is created again after an unknown outcome.
   * @default 2
   */
  creates?: number | undefined;
  /**
   * The result if several have the name: an error with their ids, or the lowest id.
   * @default "error"
   */
  duplicates?: "error" | "lowest" | undefined;
  /**
   * The lock that all processes use that may create the name. It needs a `deadline`. It is not released while the outcome is
   * unknown, or while the list does not show what was created: then it ends with its `ttl`.
   * @default none: two processes at the same time can create two role groups of the same name
   */
  lock?: Lock | undefined;
}

/** Several have the name. Nothing was created, unless an earlier create of the call has the outcome `unknown`. */
export class DuplicatesError extends DingTalkError {
  override readonly name = "DuplicatesError" as const;
  /** In ascending order. */
  declare readonly ids: readonly number[];

  constructor(operation: EnsuredThings[keyof EnsuredThings]["create"], ids: readonly number[], outcome: Outcome) {
    const fault = `: the name must belong to one id, not to ${ids.length}: ${ids.join(", ")}. duplicates: "lowest" takes the lowest`;
    super(operation, fault, outcome, { ids });
  }
}

/** The `lock` was not acquired, or it was lost before a create. `cause` is its error. */
export class LockError extends DingTalkError {
  override readonly name = "LockError" as const;

  constructor(operation: EnsuredThings[keyof EnsuredThings]["create"], fault: string, cause?: unknown) {
    super(operation, `: the lock ${fault}`, "not-executed", undefined, { cause });
  }
}

/**
 * Returns the role group of that name, and creates it if it is not there.
 *
 * ```ts
 * const { groupId, status } = await ensureRoleGroup(client, { name: "Manufacturing" });
 * ```
 *
 * It reads the list before it creates, so an app that may not list fails before anything is sent. After a create with an unknown
 * outcome it reads the list again, several times, before it creates once more. Calls at the same time with the same client
 * create one role group.
 *
 * It throws the errors of the two operations: `operation` is the one that failed. After an error of `listRoles`, nothing was
 * created. After an error of `addRoleGroup`, its `outcome` covers all creates of this call.
 */
export async function ensureRoleGroup(
  client: EnsureClient<"roleGroup">,
  input: EnsuredThings["roleGroup"]["input"],
  options?: EnsureOptions,
): Promise<EnsureResult<"roleGroup">> {
  return ensure("roleGroup", client, input, options);
}

/**
 * Returns the role of that name in the role group, and creates it if it is not there. It works like {@link ensureRoleGroup}. If
 * DingTalk refuses the create because the name is taken (34021), it looks in the role group again: `existed` if the role is
 * there, otherwise the refusal is thrown, because a role of another role group can have the name.
 */
export async function ensureRole(
  client: EnsureClient<"role">,
  input: EnsuredThings["role"]["input"],
  options?: EnsureOptions,
): Promise<EnsureResult<"role">> {
  return ensure("role", client, input, options);
}

type Values = Readonly<Record<string, unknown>>;
type Found = { ids: readonly number[]; status: EnsureStatus; outcome?: Outcome | undefined };

/** The knowledge that the calls with one client share, by the key of a name. */
interface Names {
  /** Calls that run: each has the ids that it found or created. A failed call has none. */
  readonly running: Map<string, Promise<readonly number[] | undefined>>;
  /** Until when the list may not show what was created, on the clock of `performance.now()`. */
  readonly recent: Map<string, number>;
}

const namesByClient = new WeakMap<object, Names>();

async function ensure<Thing extends keyof EnsuredThings>(
  thing: Thing,
  client: EnsureClient<Thing>,
  input: EnsuredThings[Thing]["input"],
  options: EnsureOptions = {},
): Promise<EnsureResult<Thing>> {
  const { create, form, list, name, id, within } = ensured[thing];
  const values = { ...input } as Values;
  const settings = resolve(create, options);
  const fault = findFault(form, values);
  if (fault) throw new InputError(create, fault);

  const names: Names = namesByClient.get(client) ?? { running: new Map(), recent: new Map() };
  namesByClient.set(client, names);
  const key = ["dingrole", create, ...(within ? [values[within.owner]] : []), values[name]].join(":");
  const limits = startLimits(settings);
  const toResult = ({ ids, status, outcome = "not-executed" }: Found) => {
    const sorted = [...ids].sort((one, other) => one - other);
    if (ids.length > 1 && settings.duplicates === "error") throw new DuplicatesError(create, sorted, outcome);
    return { [id]: sorted[0], status } as unknown as EnsureResult<Thing>;
  };
  try {
    for (let running = names.running.get(key); running; running = names.running.get(key)) {
      const ids = await limits.wait(running, list);
      if (ids) return toResult({ ids, status: "existed" });
    }
    const work = settle({ thing, client, values, key, names, settings, limits });
    const end = () => names.running.delete(key);
    names.running.set(
      key,
      work
        .then(({ ids }) => ids)
        .catch(() => undefined)
        .finally(end),
    );
    return toResult(await work);
  } finally {
    limits.end();
  }
}

interface Work {
  readonly thing: keyof EnsuredThings;
  readonly client: object;
  readonly values: Values;
  readonly key: string;
  readonly names: Names;
  readonly settings: ReturnType<typeof resolve>;
  readonly limits: ReturnType<typeof startLimits>;
}

/** Holds the lock meanwhile. */
async function settle(work: Work): Promise<Found> {
  const { thing, key, settings, limits } = work;
  const { lock, deadline, window } = settings;
  if (!lock) return findOrCreate(work);
  const { create, list } = ensured[thing];
  const release = async (held: unknown) => isHeld(held) && lock.release(held);
  const pending = (async () => lock.acquire(key, Math.ceil(Number(deadline) + window), limits.signal))();
  const held = await limits.wait(pending, list).catch((error) => {
    if (!limits.signal.aborted) throw new LockError(create, "was not acquired", error);
    pending.then(release).catch(() => {}); // It can still be acquired later.
    throw error;
  });
  if (!isHeld(held)) throw new LockError(create, "was not acquired");
  try {
    const found = await findOrCreate(work, async () => {
      const pending = (async () => lock.isHeld?.(held))();
      const answer = await limits.wait(pending, list).catch((error) => {
        throw limits.signal.aborted ? error : new LockError(create, "was lost", error);
      });
      if (answer === false) throw new LockError(create, "was lost");
    });
    // Another process must not look before the list shows it.
    if (found.status === "created") await lookAgain(work, 0).catch(() => {});
    return found;
  } finally {
    if (!isRecent(work)) await limits.wait(release(held), list).catch(() => {});
  }
}

const isHeld = (held: unknown): held is NonNullable<unknown> => held !== null && held !== false;

async function findOrCreate(work: Work, checkLock?: () => Promise<void>): Promise<Found> {
  const { thing, client, values, settings, limits } = work;
  const { create, id, taken } = ensured[thing];
  const { callOptions, creates } = settings;
  /** The first error of a create that may have been carried out. */
  let unsettled: DingTalkError | undefined;
  let refusal: unknown;
  try {
    let ids = await look(work);
    for (let count = 0; ; count++) {
      if (ids.length === 0 && (unsettled || refusal || isRecent(work))) ids = await lookAgain(work);
      if (ids.length > 0) return { ids, status: unsettled ? "recovered" : "existed", outcome: unsettled?.outcome };
      if (refusal || count === creates || unsettled?.outcome === "executed") throw refusal ?? unsettled;
      await checkLock?.();
      try {
        const call = (client as Record<string, (input: Values, options: CallOptions) => Promise<object>>)[create];
        const result = (await call?.(values, { ...callOptions, signal: limits.signal })) as Record<string, number>;
        markRecent(work);
        return { ids: [result[id] as number], status: "created" };
      } catch (error) {
        // A limiter can throw anything.
        const { outcome, errcode } = (error ?? {}) as ApiError;
        if (outcome === "unknown" || outcome === "executed") unsettled ??= error as DingTalkError;
        else if (taken && errcode === taken) refusal = error;
        else throw error;
        markRecent(work);
      }
    }
  } catch (error) {
    const thrown = unsettled ?? error;
    const isOver = limits.signal.aborted && (unsettled || error instanceof AbortError);
    throw isOver ? limits.error((thrown as DingTalkError).operation, (thrown as DingTalkError).outcome) : thrown;
  }
}

/** Returns the ids that have the name. */
async function look({ thing, client, values, key, names, settings, limits }: Work): Promise<number[]> {
  const { list, name, row, within } = ensured[thing];
  const ids = new Set<number>();
  const options = { ...settings.callOptions, signal: limits.signal };
  for await (const each of paginate(client as Pick<Client, typeof list>, list, {}, options)) {
    const fields = each as Values;
    const isOwner = within && fields[within.rowOwner] === values[within.owner];
    const things = within ? isOwner && fields[within.rowList] : [fields];
    for (const each of (things || []) as Values[]) if (each[row.name] === values[name]) ids.add(each[row.id] as number);
  }
  if (ids.size > 0) names.recent.delete(key); // The list shows it from now on.
  return [...ids];
}

/** Looks again, with growing pauses. The last look must succeed: a list that cannot be read does not prove an absence. */
async function lookAgain(work: Work, firstPause = work.settings.pause): Promise<number[]> {
  const { settings, limits } = work;
  let failure: unknown;
  for (let count = 0, pause = firstPause; count < settings.looks; count++) {
    if (pause) await limits.sleep(pause, ensured[work.thing].list);
    pause = pause ? pause * 2 : settings.pause;
    try {
      const ids = await look(work);
      if (ids.length > 0) return ids;
      failure = undefined;
    } catch (error) {
      if (limits.signal.aborted) throw error;
      failure = error;
    }
  }
  if (failure) throw failure;
  return [];
}

function markRecent({ key, names: { recent }, settings }: Work) {
  const now = performance.now();
  recent.delete(key);
  recent.set(key, now + settings.window);
  for (const [old, until] of recent) if (until < now) recent.delete(old);
}

const isRecent = ({ key, names: { recent } }: Work) => (recent.get(key) ?? 0) > performance.now();

/** The options with their defaults. */
function resolve(operation: EnsuredThings[keyof EnsuredThings]["create"], options: EnsureOptions) {
  const { deadline = 120_000, looks = 4, pause = 1000, creates = 2, duplicates = "error", lock, ...rest } = options;
  const check = (isRight: unknown, name: string, expected: string, value: unknown) => {
    if (!isRight) throw new InputError(operation, `${name} must be ${expected}, not ${describe(value)}`);
  };
  const isCount = (value: number) => Number.isInteger(value) && value >= 1;
  check(isTime[0](deadline), "deadline", isTime[1], deadline);
  check(isCount(looks), "looks", "an integer from 1", looks);
  check(
    isPositive[0](pause) && isTime[0](pause * 2 ** looks),
    "pause",
    "milliseconds above 0, and all pauses below 2 ** 31",
    pause,
  );
  check(isCount(creates), "creates", "an integer from 1", creates);
  check(["error", "lowest"].includes(duplicates), "duplicates", '"error" or "lowest"', duplicates);
  check(rest.signal === undefined || isSignal[0](rest.signal), "signal", isSignal[1], rest.signal);
  const isLock = !lock || (isFunction[0](lock.acquire) && isFunction[0](lock.release));
  check(isLock, "lock", "an object with acquire and release", lock);
  check(!lock || deadline, "deadline", "milliseconds if there is a lock", deadline);
  const { signal, ...callOptions } = { ...rest, withResponse: false as const };
  return { deadline, looks, pause, creates, duplicates, lock, signal, callOptions, window: pause * (2 ** looks - 1) };
}

/** Begins the time of a call. */
function startLimits({ signal, deadline }: Pick<EnsureOptions, "signal" | "deadline">) {
  const controller = new AbortController();
  let isLate = false;
  const abort = () => controller.abort(signal?.reason);
  const expire = () => {
    isLate = !controller.signal.aborted;
    controller.abort();
  };
  const timer = deadline ? setTimeout(expire, deadline) : undefined;
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  /** The error of a call that is over. */
  const error = (operation: OperationId, outcome: Outcome) =>
    isLate
      ? new TimeoutError(operation, "deadline", Number(deadline), outcome)
      : new AbortError(operation, outcome, signal?.reason);
  /** Waits for a result before `next` is sent, at most until the call is over. */
  const wait = <Result>(result: Promise<Result>, next: OperationId) =>
    new Promise<Result>((resolve, reject) => {
      const end = () => reject(error(next, "not-executed"));
      if (controller.signal.aborted) end();
      controller.signal.addEventListener("abort", end);
      result.then(resolve, reject).finally(() => controller.signal.removeEventListener("abort", end));
    });
  const sleep = async (milliseconds: number, next: OperationId) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const slept = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await wait(slept, next).finally(() => clearTimeout(timer));
  };
  const end = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, error, wait, sleep, end };
}
