/** DingTalk's limits: the rate limit of an operation, and the limit of an IP, which is then blocked. */
import { gateway } from "./generated/api.ts";

export interface Limits {
  /** Counts a call. Returns the reason if it is refused. */
  refuse(operation: string | undefined): "rateLimited" | "ipBlocked" | undefined;
  reset(): void;
}

export function createLimits(): Limits {
  const { app, ip } = gateway.limits;
  let calls = createCounter(ip.seconds);
  let lanes = new Map<string, ReturnType<typeof createCounter>>();
  let blockedUntil = 0;

  return {
    refuse(operation) {
      if (performance.now() < blockedUntil) return "ipBlocked";
      if (!calls.take(ip.calls)) {
        blockedUntil = performance.now() + ip.blockSeconds * 1000;
        return "ipBlocked";
      }
      if (operation === undefined) return undefined;
      const lane = lanes.get(operation) ?? createCounter(app.seconds);
      lanes.set(operation, lane);
      return lane.take(app.calls) ? undefined : "rateLimited";
    },
    reset() {
      calls = createCounter(ip.seconds);
      lanes = new Map();
      blockedUntil = 0;
    },
  };
}

/** Counts the calls of the last `seconds`. */
function createCounter(seconds: number) {
  let times: number[] = [];
  return {
    /** Whether one more call is allowed. If so, it is counted. */
    take(most: number): boolean {
      const from = performance.now() - seconds * 1000;
      if ((times[0] ?? Infinity) <= from) times = times.filter((time) => time > from);
      if (times.length >= most) return false;
      times.push(performance.now());
      return true;
    },
  };
}
