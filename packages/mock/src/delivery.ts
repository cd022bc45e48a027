/** The result of a request: a complete answer, or a fault on the connection. */

/** A complete HTTP answer. Header names are in lower case. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** Send a 103 with this `Link` first. */
  readonly earlyHints?: string;
}

/** The bytes on the connection instead of a complete answer, and how the connection ends. */
export interface Wire {
  /** The status in the bytes, if they begin with one. */
  readonly status?: number;
  readonly bytes?: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;
  /** `open`: the connection stays open, and nothing more is sent. */
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
