import type { CallOptions, ResponseOptions } from "./call-options.ts";
import { AbortError, type Outcome, TimeoutError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";

/** How long one call may take, and the caller's way to end it. Times are in milliseconds. */
export interface Limits {
  readonly operation: OperationId;
  /** One attempt, from the moment that it is sent; `Infinity` where it is turned off. */
  readonly timeout: number;
  /** When the whole call must have ended, on `performance.now()`'s clock. */
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
  /** The caller's own object. */
  readonly options: CallOptions | ResponseOptions | undefined;
}

/** Throws where the call must end before it is sent. */
export function throwIfOver({ operation, deadlineAt, signal }: Limits) {
  if (signal?.aborted) throw new AbortError(operation, "not-executed", signal.reason);
  if (performance.now() >= deadlineAt) throw new TimeoutError(operation, "deadline", "not-executed");
}

/** What goes on while a call waits for it. */
interface Cancelable {
  cancel(): void;
  /** Only a request has it: `timeout` bounds it too, and it tells how far it has come. */
  isUnsent?(): boolean | undefined;
}

/** Waits for a result no longer than the call may take; if the call is over first, cancels what makes the result. */
export function withDeadline<Result>(
  work: Promise<Result>,
  { operation, timeout, deadlineAt, signal }: Limits,
  maker?: Cancelable,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const outcome = (): Outcome => (!maker?.isUnsent || maker.isUnsent() ? "not-executed" : "unknown");
    const remaining = deadlineAt - performance.now();
    const milliseconds = maker?.isUnsent ? Math.min(timeout, remaining) : remaining;
    let timer: unknown;
    // Of an event loop that is late, timers come before input: an answer that is there is read first.
    // node:test's fake timers fire this again until it sets no other timer.
    const giveUp = () => {
      timer &&= (globalThis.setImmediate ?? setTimeout)(() => {
        if (timer) end(new TimeoutError(operation, milliseconds < remaining ? "timeout" : "deadline", outcome()));
      });
    };
    if (milliseconds < Infinity) timer = setTimeout(giveUp, milliseconds);
    const abort = () => end(new AbortError(operation, outcome(), signal?.reason));
    const release = () => {
      clearTimeout(timer as ReturnType<typeof setTimeout>);
      timer = undefined;
      signal?.removeEventListener("abort", abort);
    };
    function end(error: unknown) {
      release();
      reject(error);
      maker?.cancel();
    }

    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort);
    work.then(
      (result) => {
        release();
        resolve(result);
      },
      (error) => {
        release();
        reject(error);
      },
    );
  });
}

/** Waits, in milliseconds, no longer than the call may take. */
export function sleep(milliseconds: number, limits: Limits): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const work = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return withDeadline(work, limits, { cancel: () => clearTimeout(timer) });
}
