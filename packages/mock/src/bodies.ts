/** Reads the bodies of requests, of which a client can leave many unfinished, and bounds what they are together. */
import type { IncomingMessage } from "node:http";

export const MAX_BODY_BYTES = 10_000_000;
export const MAX_BODIES_BYTES = 50_000_000;

/** Why there is no body: its client went away, it is too large, or all of them are and it is the largest unfinished one. */
type Refusal = "aborted" | "too large" | "too many";

export interface Body {
  readonly bytes: Buffer;
  /** To be called when the bytes are needed no more. */
  release(): void;
}

interface Unfinished {
  size: number;
  refuse(refusal: Refusal): void;
}

export function createBodies() {
  let total = 0;
  const unfinished = new Set<Unfinished>();

  /** A body that is small gets through, whatever others have left behind. */
  function refuseLargest() {
    const [first, ...others] = unfinished;
    if (first) others.reduce((largest, each) => (each.size > largest.size ? each : largest), first).refuse("too many");
  }

  return function read(request: IncomingMessage): Promise<Body | Refusal> {
    return new Promise((resolve) => {
      // It waited for the answers before it, and tells of its end no more.
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
        if (!unfinished.has(body)) return; // What is still being sent is dropped, or the sender would not read the answer.
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
