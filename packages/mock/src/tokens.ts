/** Issues and checks the tokens of apps. An app gets the same token until it expires. */
import { randomBytes } from "node:crypto";

export interface Tokens {
  /** Issues the app's token, and starts its lifetime again. */
  issue(app: string, seconds: number): string;
  /** The token that the app has. It may have expired, if no answer has told the app so yet. */
  current(app: string): string | undefined;
  /** Checks a token. Returns the reason if it is refused. */
  refuse(token: string): "invalidToken" | "expiredToken" | undefined;
  /** Expires all tokens. */
  expire(): void;
  reset(): void;
}

/** More apps than any test has. */
const MAX_KEPT = 1000;

/** `fixed` is the token of every app. It is valid from the start. */
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
