import type { CallOptions, ResponseOptions } from "./call-options.ts";
import { AbortError, type Outcome, TimeoutError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";

/** How long one call may take, in milliseconds, and the caller's way to end it. `Infinity` means no limit. */
export interface Limits {
  readonly operation: OperationId;
  /** For one attempt, from the moment that it is sent. */
  readonly timeout: number;
  /** For the whole call. */
  readonly deadline: number;
  /** When the deadline has passed, on the clock of `performance.now()`. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
  /** The object that the caller passed. */
  readonly options: CallOptions | ResponseOptions | undefined;
}

/** Throws if the call is over before its request is sent. */
export function throwIfOver({ operation, deadline, deadlineAt, signal }: Limits, now = performance.now()) {
  if (signal?.aborted) throw new AbortError(operation, "not-executed", signal.reason);
  if (now >= deadlineAt) throw new TimeoutError(operation, "deadline", deadline, "not-executed");
}

/** Work that a call waits for. */
interface Work {
  cancel(): void;
  /** Only a request has it: the `timeout` limits it too, and its outcome can be unknown. */
  isUnsent?(): boolean | undefined;
}

/** Waits for a result until the call is over, and cancels the work then. */
export function withDeadline<Result>(result: Promise<Result>, limits: Limits, work?: Work): Promise<Result> {
  const { operation, timeout, deadlineAt, signal } = limits;
  return new Promise((resolve, reject) => {
    const remaining = deadlineAt - performance.now();
    const limit = work?.isUnsent && timeout < remaining ? "timeout" : "deadline";
    let timer: unknown;
    const settle =
      <Value>(report: (value: Value) => void) =>
      (value: Value) => {
        clearTimeout(timer as ReturnType<typeof setTimeout>);
        timer = undefined;
        signal?.removeEventListener("abort", abort);
        report(value);
      };
    const fail = settle(reject);
    const end = (error: unknown) => {
      fail(error);
      work?.cancel();
    };
    const outcome = (): Outcome => (!work?.isUnsent || work.isUnsent() ? "not-executed" : "unknown");
    const abort = () => end(new AbortError(operation, outcome(), signal?.reason));
    const expire = () => timer && end(new TimeoutError(operation, limit, limits[limit], outcome()));
    // An event loop that is late runs timers before input: an answer that has arrived is read first.
    // The fake timers of node:test fire this again until it sets no other timer.
    const giveUp = () => {
      timer &&= (globalThis.setImmediate ?? setTimeout)(expire);
    };
    const milliseconds = Math.min(remaining, limits[limit]);
    if (milliseconds < Infinity) timer = setTimeout(giveUp, milliseconds);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort);
    result.then(settle(resolve), fail);
  });
}

/** Waits for some milliseconds, or until the call is over. */
export function sleep(milliseconds: number, limits: Limits): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const wake = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return withDeadline(wake, limits, { cancel: () => clearTimeout(timer) });
}
