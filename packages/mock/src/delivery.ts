/** What goes back for a request: a whole answer, or what a connection shows in its place. */

/** A whole answer of HTTP. Names of headers are in lower case. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** A 103 with this `Link` comes first. */
  readonly earlyHints?: string;
}

/** What comes over the connection in the place of one: bytes, and then its end. */
export interface Wire {
  /** The status that the bytes begin with, if they do. */
  readonly status?: number;
  readonly bytes?: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  /** `open`: the connection stays, and nothing more comes. */
  readonly end: "close" | "reset" | "open";
}

export type Delivery = Reply | Wire;

export function isReply(delivery: Delivery): delivery is Reply {
  return "body" in delivery;
}

export function head({ status, headers }: Reply, ...more: string[]): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} OK`, ...fields, ...more, "", ""].join("\r\n");
}

export function toWire(reply: Reply): Wire {
  return { bytes: [head(reply, `content-length: ${Buffer.byteLength(reply.body)}`), reply.body], end: "close" };
}

export function connectionReset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" });
}
