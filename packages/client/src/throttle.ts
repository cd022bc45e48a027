import type { OperationId } from "./generated/types.ts";

/**
 * Lets a call go when its time has come; where that is now, it returns nothing. `signal` is aborted when the call no
 * longer waits. Whatever it throws, the call throws.
 */
export type Limiter = (operation: OperationId, call: { readonly signal: AbortSignal }) => undefined | Promise<void>;

const WINDOW_MS = 1000;

/**
 * Lets `rate` calls of each operation go in any second, first come, first served. Clients of the same app can share one:
 * DingTalk counts by app.
 */
export function createLimiter(rate: number): Limiter {
  const lanes: { [operation in OperationId]?: ReturnType<typeof createLane> } = {};
  return (operation, call) => {
    lanes[operation] ??= createLane(rate);
    return lanes[operation](call);
  };
}

function createLane(rate: number) {
  /** When the calls of the last second went, oldest first. */
  const gone: number[] = [];
  const waiting = new Set<() => void>();

  /** How long until the next call may go. */
  function wait(): number {
    const now = performance.now();
    while ((gone[0] as number) + WINDOW_MS <= now) gone.shift();
    return gone.length < rate ? 0 : (gone[0] as number) + WINDOW_MS - now;
  }

  function letGo() {
    for (const go of waiting) {
      if (wait() > 0) break;
      waiting.delete(go);
      gone.push(performance.now());
      go();
    }
    if (waiting.size > 0) setTimeout(letGo, wait());
  }

  return (call: { readonly signal: AbortSignal }): undefined | Promise<void> => {
    if (waiting.size === 0 && wait() === 0) {
      gone.push(performance.now());
      return;
    }
    return new Promise((resolve) => {
      if (waiting.size === 0) setTimeout(letGo, wait());
      waiting.add(resolve);
      call.signal.addEventListener("abort", () => waiting.delete(resolve));
    });
  };
}
