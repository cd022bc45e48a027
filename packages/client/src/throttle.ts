import type { Rule } from "./client-options.ts";
import type { OperationId } from "./generated/types.ts";

/**
 * Lets a call go when its time has come; where that is now, it returns nothing. `signal` is aborted when the call no
 * longer waits. Whatever it throws, the call throws.
 */
export type Limiter = (operation: OperationId, call: { readonly signal: AbortSignal }) => undefined | Promise<void>;

/** A timer waits no longer than 24 days. */
export const isRate: Rule = [
  (rate) => typeof rate === "number" && rate >= 1e-3 && rate <= 1e6,
  "a number from 0.001 to 1e6",
];

/**
 * Lets `rate` calls of each operation go in any second, first come, first served: of 2.5 calls two, and of half a call one
 * in any two seconds. Clients of the same app can share one: DingTalk counts by app. Throws a `TypeError` where `rate` is no
 * number from 0.001 to 1e6.
 */
export function createLimiter(rate: number): Limiter {
  if (!isRate[0](rate)) throw new TypeError(`createLimiter: rate must be ${isRate[1]}`);
  const lanes: { [operation in OperationId]?: ReturnType<typeof createLane> } = {};
  return (operation, call) => {
    lanes[operation] ??= createLane(rate);
    return lanes[operation](call);
  };
}

function createLane(rate: number) {
  const size = Math.floor(rate) || 1;
  const window = Math.max(1000, 1000 / rate);
  /** When each of the last `size` calls went, in turn. */
  const gone: number[] = [];
  let count = 0;
  const waiting = new Set<() => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** How long until the next call may go: until the one `size` before it went a window ago. */
  const wait = () => Math.max(0, (gone[count % size] ?? -Infinity) + window - performance.now());
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
    if (waiting.size) timer = setTimeout(letGo, wait());
  }

  return (call: { readonly signal: AbortSignal }): undefined | Promise<void> => {
    if (!waiting.size && !wait()) return takeTurn();
    return new Promise((resolve) => {
      if (!waiting.size) timer = setTimeout(letGo, wait());
      waiting.add(resolve);
      call.signal.addEventListener("abort", () => {
        waiting.delete(resolve);
        if (!waiting.size) clearTimeout(timer);
      });
    });
  };
}
