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
  const size = Math.ceil(rate);
  /** When each of the last `size` calls went, in turn. */
  const gone: number[] = [];
  let count = 0;
  const waiting = new Set<() => void>();

  /** How long until the next call may go: until the one `size` before it went a second ago. */
  const wait = () => Math.max(0, (gone[count % size] ?? -Infinity) + WINDOW_MS - performance.now());
  const takeTurn = (): undefined => {
    gone[count++ % size] = performance.now();
  };

  function letGo() {
    for (const go of waiting) {
      if (wait()) break;
      waiting.delete(go);
      takeTurn();
      go();
    }
    if (waiting.size > 0) setTimeout(letGo, wait());
  }

  return (call: { readonly signal: AbortSignal }): undefined | Promise<void> => {
    if (waiting.size === 0 && !wait()) return takeTurn();
    return new Promise((resolve) => {
      if (waiting.size === 0) setTimeout(letGo, wait());
      waiting.add(resolve);
      call.signal.addEventListener("abort", () => waiting.delete(resolve));
    });
  };
}
