/** The tokens of the mock's apps: issued, the same one until it expires, and checked. */
import { randomBytes } from "node:crypto";

export interface Tokens {
  /** An app's token, whose life begins again. */
  issue(app: string, seconds: number): string;
  /** An app's token as the app has it, which may have expired without its knowing. */
  current(app: string): string | undefined;
  /** Why a token is refused, if it is. */
  refuse(token: string): "invalidToken" | "expiredToken" | undefined;
  /** Ends the life of all tokens. */
  expire(): void;
  reset(): void;
}

/** More apps than a test has. */
const MAX_KEPT = 1000;

/** With `fixed`, each app's token is that, and it is issued already. */
export function createTokens(fixed: string | undefined): Tokens {
  const byApp = new Map<string, string>();
  /** When each token expires, in milliseconds since the epoch. */
  const ends = new Map<string, number>();

  function reset() {
    byApp.clear();
    ends.clear();
    if (fixed !== undefined) ends.set(fixed, Infinity);
  }
  reset();

  return {
    issue(app, seconds) {
      const known = byApp.get(app);
      const token = fixed ?? (known && (ends.get(known) ?? 0) > Date.now() ? known : randomBytes(16).toString("hex"));
      byApp.set(app, token);
      ends.set(token, Date.now() + seconds * 1000);
      for (const map of [byApp, ends]) if (map.size > MAX_KEPT) map.delete(map.keys().next().value as string);
      return token;
    },
    current: (app) => byApp.get(app),
    refuse(token) {
      const end = ends.get(token);
      if (end === undefined) return "invalidToken";
      if (end > Date.now()) return undefined;
      for (const [app, own] of byApp) if (own === token) byApp.delete(app);
      return "expiredToken";
    },
    expire() {
      for (const token of ends.keys()) ends.set(token, 0);
    },
    reset,
  };
}
