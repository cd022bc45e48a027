import type { OperationId } from "./generated/types.ts";
import { describe, isRate } from "./rules.ts";

/** Tells the limiter that the call has its answer, or no longer needs its slot. */
export type Release = () => void;

/**
 * Releases a call when its time has come: it returns, or its promise resolves. It may give a `Release`, which the client calls
 * when the attempt has ended, or when the call was over before its turn. `signal` is aborted when the call no longer waits. The
 * call throws what the limiter throws.
 */
export type Limiter = (
  operation: OperationId,
  call: { readonly signal: AbortSignal },
  // biome-ignore lint/suspicious/noConfusingVoidType: an async function without a result returns a promise of `void`.
) => undefined | Release | Promise<void | Release>;

/** DingTalk counts the calls of each second. */
const WINDOW_MS = 1000;
/** After this time a request has reached the server, even if it needed a new connection, or if a process on its way was stopped. */
const ARRIVAL_MS = 2000;

/**
 * Makes a limiter that lets at most `rate` calls of each operation reach the server in any second, first come, first served. A
 * rate of 2.5 allows two, and 0.5 allows one in any two seconds. A call counts until one second after its answer, because only
 * the server knows when it counted the call; without an answer, until 3 seconds after it was sent. Clients of one app can share
 * a limiter, because DingTalk counts by app. Throws a `TypeError` if `rate` is not a number from 0.001 to 1e6.
 */
export function createLimiter(rate: number): Limiter {
  const [isRight, expected] = isRate;
  if (!isRight(rate)) throw new TypeError(`createLimiter: rate must be ${expected}, not ${describe(rate)}`);
  const lanes: { [operation in OperationId]?: Limiter } = {};
  return (operation, call) => {
    lanes[operation] ??= createLane(rate);
    return lanes[operation](operation, call);
  };
}

function createLane(rate: number): Limiter {
  const size = Math.floor(rate) || 1;
  const window = Math.max(WINDOW_MS, WINDOW_MS / rate);
  /** The calls without an answer, in the order of sending, and when each was sent. */
  const sent = new Map<Release, number>();
  /** When each of the last `size` answers came: a ring, in which `count % size` is the oldest. */
  const answers: number[] = [];
  let count = 0;
  const waiting = new Set<(release: Release) => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** How long the next call must wait. A time in the future is of another clock, such as a test's, and counts as now. */
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
      releaseNext();
    };
    sent.set(release, performance.now());
    return release;
  }

  function releaseNext() {
    clearTimeout(timer);
    for (const go of waiting) {
      const time = wait();
      if (time) {
        timer = setTimeout(releaseNext, time);
        break;
      }
      go(take());
    }
  }

  function queue(signal: AbortSignal): Promise<undefined | Release> {
    return new Promise((resolve) => {
      // Each call has a timer of its own, too: in a Worker, a timer dies with the request that set it.
      const own = setInterval(releaseNext, window);
      const go = (release?: Release) => {
        clearInterval(own);
        waiting.delete(go);
        resolve(release);
      };
      waiting.add(go);
      signal.addEventListener("abort", () => {
        go();
        releaseNext();
      });
      releaseNext();
    });
  }

  return (_, call) => (waiting.size || wait() ? queue(call.signal) : take());
}
