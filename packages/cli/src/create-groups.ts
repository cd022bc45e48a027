/** Creates role groups, a few at a time, each at most once. */
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
  /** `waiting`: it was not its turn, or what kept it from being carried out would keep the others, too. */
  readonly state: "created" | "failed" | "unknown" | "waiting";
  readonly groupId?: number | undefined;
  readonly error?: unknown;
  /** It was so before this run. */
  readonly isEarlier?: true;
  /** The journal could not be told. */
  readonly isUnrecorded?: true;
}

export interface Run {
  /** Without `limiter`: `rate` says it. */
  readonly options: ClientOptions;
  readonly journal: Journal;
  readonly concurrency: number;
  readonly rate: number | false;
  readonly retryUnknown: boolean;
  /** No more is sent; what is under way comes to its end. */
  readonly stop: AbortSignal;
  /** It is about to be sent. */
  readonly onBegin?: (group: Group) => void;
  readonly onResult: (result: Result) => void;
}

/** So many creates of unknown outcome one after another, and the run ends: what is wrong is not the group. */
export const MAX_UNKNOWN_IN_TURN = 5;

/** Whether a refusal of one group says nothing of the next. */
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

/** What the journal knows of the groups already; the others have still to be created. */
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

/** Tells what becomes of each group, and returns what ended the run before its time, if anything did. */
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

  /** What was of unknown outcome, and is not sent again, stays so. */
  function leave(group: Group, error?: unknown): Result {
    const [earlier] = recallResults([group], journal.recorded, false);
    return earlier?.state === "unknown" ? earlier : { group, state: "waiting", ...(error !== undefined && { error }) };
  }

  async function create(group: Group): Promise<Result> {
    let isBegun = false;
    // A stopped run does not wait for what comes before the create: a token, or a slot.
    const unsent = new AbortController();
    const giveUp = () => unsent.abort();
    stop.addEventListener("abort", giveUp);
    const beginCreate = async () => {
      if (end || stop.aborted) throw new Stopped();
      stop.removeEventListener("abort", giveUp);
      // Before each attempt: since the last one another run may have begun.
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
      // Sent, and refused: the journal must say that it is not under way.
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

/** A client that says of a create that it begins: when its slot has come, and before it is sent. */
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
