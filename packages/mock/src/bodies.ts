/** Reads the bodies of requests, and limits their total size: a client can leave many bodies unfinished. */
import type { IncomingMessage } from "node:http";

export const MAX_BODY_BYTES = 10_000_000;
export const MAX_BODIES_BYTES = 50_000_000;

/** Why there is no body. `too many`: all bodies together are too large, and this one is the largest unfinished one. */
type Refusal = "aborted" | "too large" | "too many";

export interface Body {
  readonly bytes: Buffer;
  /** Must be called when the bytes are not needed any longer. */
  release(): void;
}

interface Unfinished {
  size: number;
  refuse(refusal: Refusal): void;
}

export function createBodies() {
  let total = 0;
  const unfinished = new Set<Unfinished>();

  /** Frees memory, so that a small body is read even if many large ones are unfinished. */
  function refuseLargest() {
    const [first, ...others] = unfinished;
    if (first) others.reduce((largest, each) => (each.size > largest.size ? each : largest), first).refuse("too many");
  }

  return function read(request: IncomingMessage): Promise<Body | Refusal> {
    return new Promise((resolve) => {
      // The client went away while this request waited for its turn: no event will follow.
      if (request.destroyed) return resolve("aborted");
      let chunks: Buffer[] = [];
      const body = { size: 0, refuse };
      unfinished.add(body);

      function release() {
        total -= body.size;
        body.size = 0;
      }

      function refuse(refusal: Refusal) {
        if (!unfinished.delete(body)) return;
        chunks = [];
        release();
        resolve(refusal);
      }

      request.on("data", (chunk: Buffer) => {
        if (!unfinished.has(body)) return; // Drops the rest: many senders read the answer only after they have sent everything.
        chunks.push(chunk);
        body.size += chunk.length;
        total += chunk.length;
        if (body.size > MAX_BODY_BYTES) refuse("too large");
        else if (total > MAX_BODIES_BYTES) refuseLargest();
      });
      request.on("end", () => {
        if (unfinished.delete(body)) resolve({ bytes: Buffer.concat(chunks), release });
      });
      request.on("close", () => refuse("aborted")).on("error", () => refuse("aborted"));
    });
  };
}
