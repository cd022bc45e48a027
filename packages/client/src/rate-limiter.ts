import type { OperationId } from "./generated/types.ts";
import { isRate } from "./rules.ts";

/** Tells the limiter that the call has its answer, or needs none. */
export type Release = () => void;

/**
 * Lets a call go when its time has come. It may return a `Release`, at once or by a promise: the client calls it when the
 * attempt has its answer or has failed, or the call has ended before its turn. `signal` is aborted when the call no longer
 * waits. Whatever the limiter throws, the call throws.
 */
export type Limiter = (
  operation: OperationId,
  call: { readonly signal: AbortSignal },
  // biome-ignore lint/suspicious/noConfusingVoidType: an async function without a result returns a promise of `void`.
) => undefined | Release | Promise<void | Release>;

/** A request has reached the server by then, even if its connection had to be made, or a process on its way was stopped. */
const ARRIVAL_MS = 2000;

/**
 * Lets no more than `rate` calls of each operation reach the server in any second, first come, first served: of 2.5 calls
 * two, and of half a call one in any two seconds. A call counts until one second after its answer, because nobody else knows
 * when the server counted it; without an answer, until 3 seconds after it was sent. Clients of the same app can share one:
 * DingTalk counts by app. Throws a `TypeError` if `rate` is not a number from 0.001 to 1e6.
 */
export function createLimiter(rate: number): Limiter {
  if (!isRate[0](rate)) throw new TypeError(`createLimiter: rate must be ${isRate[1]}`);
  const lanes: { [operation in OperationId]?: Limiter } = {};
  return (operation, call) => {
    lanes[operation] ??= createLane(rate);
    return lanes[operation](operation, call);
  };
}

function createLane(rate: number): Limiter {
  const size = Math.floor(rate) || 1;
  const window = Math.max(1000, 1000 / rate);
  /** The calls without an answer, in turn, and when each was sent. */
  const sent = new Map<Release, number>();
  /** When each of the last `size` answers came, in turn. */
  const answers: number[] = [];
  let count = 0;
  const waiting = new Set<(release: Release) => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** How long until the next call may go. A time in the future is of another clock, such as a test's: it counts as now. */
  function wait(): number {
    const now = performance.now();
    for (const [release, at] of sent) {
      if (at > now) sent.set(release, now);
      if (!(now - at >= ARRIVAL_MS)) break;
      countAnswer(release);
    }
    if (sent.size >= size) return window;
    const index = count + sent.size - size;
    if (index < 0) return 0;
    const at = Math.min(answers[index % size] as number, now);
    answers[index % size] = at;
    return Math.max(0, at + window - now);
  }

  function countAnswer(release: Release) {
    if (sent.delete(release)) answers[count++ % size] = performance.now();
  }

  function take(): Release {
    const release = () => {
      countAnswer(release);
      letGo();
    };
    sent.set(release, performance.now());
    return release;
  }

  function letGo() {
    clearTimeout(timer);
    for (const go of waiting) {
      const time = wait();
      if (time) {
        timer = setTimeout(letGo, time);
        break;
      }
      waiting.delete(go);
      go(take());
    }
  }

  /** Waits by a timer of its own, too: in a Worker, a timer dies with the request that set it. */
  async function queue(signal: AbortSignal): Promise<undefined | Release> {
    const own = setInterval(letGo, window);
    try {
      return await new Promise<undefined | Release>((resolve) => {
        waiting.add(resolve);
        signal.addEventListener("abort", () => {
          waiting.delete(resolve);
          letGo();
          resolve(undefined);
        });
        letGo();
      });
    } finally {
      clearInterval(own);
    }
  }

  return (_, call) => (waiting.size || wait() ? queue(call.signal) : take());
}
