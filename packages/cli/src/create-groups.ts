/** Creates role groups, several at once, each group at most once. */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  AbortError,
  ApiError,
  type Category,
  type ClientOptions,
  createLimiter,
  DingTalkError,
  InputError,
} from "@dingrole/client";
import { createClient } from "@dingrole/client/node";
import { type Journal, JournalError } from "./journal.ts";
import type { Entry } from "./journal-entries.ts";
import { messageOf } from "./outcome.ts";
import type { Group } from "./read-groups.ts";

export interface Result {
  readonly group: Group;
  /** `waiting`: it was not sent, or it was refused for a reason that would stop every other group, too. */
  readonly state: "created" | "failed" | "unknown" | "waiting";
  readonly groupId?: number | undefined;
  readonly error?: unknown;
  /** An earlier run recorded this state. */
  readonly isEarlier?: true;
  /** The journal could not record it. */
  readonly isUnrecorded?: true;
}

export interface Run {
  /** Without `limiter`, which `rate` replaces. */
  readonly options: ClientOptions;
  readonly journal: Journal;
  readonly concurrency: number;
  readonly rate: number | false;
  readonly retryUnknown: boolean;
  /** Sends no further create. Calls that have been sent run to their end. */
  readonly stop: AbortSignal;
  /** Called just before a create is sent. */
  readonly onBegin?: (group: Group) => void;
  readonly onResult: (result: Result) => void;
}

/** After so many unknown outcomes one after another the run ends: the group is not the cause. */
export const MAX_UNKNOWN_IN_TURN = 5;

/** Whether a refusal concerns one group only, so that the next one may succeed. */
const isOfOneGroup: Record<Category, boolean> = {
  "invalid-request": true,
  other: true,
  busy: true,
  token: false,
  credentials: false,
  permission: false,
  "ip-allowlist": false,
  "rate-limit": false,
  quota: false,
};

class Stopped extends Error {}

/** The results that the journal already has. All other groups are `waiting`. */
export function recallResults(
  groups: readonly Group[],
  recorded: Journal["recorded"],
  retryUnknown: boolean,
): Result[] {
  return groups.map((group): Result => {
    const known = recorded.get(group.name);
    if (known?.state === "created") return { group, state: "created", groupId: known.groupId, isEarlier: true };
    if (known?.state !== "unknown" || (retryUnknown && !known.isUnderWay)) return { group, state: "waiting" };
    return { group, state: "unknown", error: new Error(known.message), isEarlier: true };
  });
}

/** Reports the result of each group to `onResult`. Returns the cause if the run ended early. */
export async function createGroups(groups: readonly Group[], run: Run): Promise<unknown> {
  const { journal, concurrency, stop, onResult } = run;
  let end: { readonly cause: unknown } | undefined;
  let unknownInTurn = 0;
  const begin = new AsyncLocalStorage<() => Promise<void>>();
  const client = createCreator(run, begin);

  const waiting = [];
  for (const result of recallResults(groups, journal.recorded, run.retryUnknown)) {
    if (result.state === "waiting") waiting.push(result.group);
    else onResult(result);
  }
  const queue = waiting.values();

  /** The result of a group that this run does not send: an earlier unknown outcome stays unknown. */
  function leave(group: Group, error?: unknown): Result {
    const [earlier] = recallResults([group], journal.recorded, false);
    return earlier?.state === "unknown" ? earlier : { group, state: "waiting", ...(error !== undefined && { error }) };
  }

  async function create(group: Group): Promise<Result> {
    let isBegun = false;
    // A stopped run does not wait for a token or a slot.
    const unsent = new AbortController();
    const giveUp = () => unsent.abort();
    stop.addEventListener("abort", giveUp);
    const beginCreate = async () => {
      if (end || stop.aborted) throw new Stopped();
      stop.removeEventListener("abort", giveUp);
      // Before each attempt: another run may have begun since the last one.
      await journal.append({ sending: group.name });
      isBegun = true;
      run.onBegin?.(group);
    };
    try {
      const { groupId } = await begin.run(beginCreate, () =>
        client.addRoleGroup({ name: group.name }, { signal: unsent.signal }),
      );
      return { group, state: "created", groupId };
    } catch (thrown) {
      const error = thrown instanceof AbortError ? new Stopped() : thrown;
      if (endsRun(error)) end ??= { cause: error };
      const state = judge(error);
      if (state === "waiting" && !isBegun) return leave(group, error instanceof Stopped ? undefined : error);
      // It was sent and refused: the journal must say that it is not in flight.
      if (state === "waiting")
        await journal.append(toEntry({ group, state: "failed", error }) as Entry).catch(() => {});
      return error instanceof Stopped ? { group, state } : { group, state, error };
    } finally {
      stop.removeEventListener("abort", giveUp);
    }
  }

  async function record(result: Result): Promise<Result> {
    const entry = result.isEarlier ? undefined : toEntry(result);
    if (!entry) return result;
    try {
      await journal.append(entry);
      return result;
    } catch (error) {
      end ??= { cause: error };
      return { ...result, isUnrecorded: true };
    }
  }

  async function work() {
    for (const group of queue) {
      const result = end || stop.aborted ? leave(group) : await record(await create(group));
      unknownInTurn = result.state === "unknown" && !result.isEarlier ? unknownInTurn + 1 : 0;
      if (unknownInTurn >= MAX_UNKNOWN_IN_TURN) end ??= { cause: result.error };
      onResult(result);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, work));
  return end?.cause;
}

/** A client that calls `begin` when a create has its slot, before it is sent. */
function createCreator({ options, rate }: Run, begin: AsyncLocalStorage<() => Promise<void>>) {
  const waitForSlot = rate === false ? undefined : createLimiter(rate);
  return createClient({
    ...options,
    async limiter(operation, call) {
      const release = await waitForSlot?.(operation, call);
      if (operation === "addRoleGroup") await begin.getStore()?.();
      return release;
    },
  });
}

function judge(error: unknown): Result["state"] {
  if (error instanceof Stopped || error instanceof JournalError) return "waiting";
  if (!(error instanceof DingTalkError)) return "unknown";
  if (error.outcome === "not-executed") return endsRun(error) ? "waiting" : "failed";
  return error.outcome === "executed" ? "created" : "unknown";
}

function endsRun(error: unknown): boolean {
  if (!(error instanceof DingTalkError)) return !(error instanceof Stopped);
  if (error.outcome !== "not-executed" || error instanceof InputError) return false;
  return !(error instanceof ApiError && isOfOneGroup[error.category]);
}

function toEntry({ group: { name }, state, groupId, error }: Result): Entry | undefined {
  const message = messageOf(error);
  if (state === "created") return { created: name, ...(groupId !== undefined && { groupId }) };
  if (state === "failed") return { failed: name, message };
  return state === "unknown" ? { unknown: name, message } : undefined;
}
