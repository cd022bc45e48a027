/** The faults of answers, by name. Each changes the answer that the call would have had. */
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Example } from "./api.ts";
import { type Delivery, head, type Reply } from "./delivery.ts";
import { gateway } from "./generated/api.ts";

/** The input of a fault: the answer, and the path and query of the request. */
interface Context {
  readonly reply: Reply;
  readonly url: string;
}

type Fault = (context: Context) => Delivery;

const DRIP_MS = 20;
const HUGE_BYTES = 200_000_000;
const MEGABYTE = Buffer.alloc(1_000_000);

/** Gives every fault the same type, and keeps their names. */
const named = <Name extends string>(faults: Record<Name, Fault>) => faults;

/** Faults that lose the answer: the client cannot know whether the call was carried out. */
export const losses = named({
  /** The connection is reset after the request has been read. */
  resetAfterRead: () => ({ end: "reset" }),
  /** The connection is closed after the request has been read. */
  closeAfterRead: () => ({ end: "close" }),
  /** The request is read, and no answer is sent. */
  stall: () => ({ end: "open" }),
  /** The connection is closed before the announced length has arrived. */
  cutBody: ({ reply }) => ({
    status: reply.status,
    bytes: [head(reply, `content-length: ${lengthOf(reply) + 100}`), reply.body],
    end: "close",
  }),
  /** The connection is closed inside a chunk. */
  cutChunkedBody: ({ reply }) => ({
    status: reply.status,
    bytes: [head(reply, chunked), "fff\r\n", reply.body],
    end: "close",
  }),
  /** The whole body arrives in chunks, without the last, empty chunk. */
  unendedChunkedBody: ({ reply }) => ({
    status: reply.status,
    bytes: [head(reply, chunked), toChunk(reply.body)],
    end: "close",
  }),
  /** The body is longer than announced. */
  wrongLength: ({ reply }) => ({
    status: reply.status,
    bytes: [head(reply, "content-length: 20", "connection: close"), reply.body],
    end: "close",
  }),
  /** An SSH server answers. */
  notHttp: () => ({ bytes: ["SSH-2.0-OpenSSH_9.6\r\n"], end: "close" }),
  /** 200 MB, until the connection is closed. */
  oversizedBody: ({ reply }) => ({
    status: reply.status,
    bytes: flood(head(reply, "connection: close")),
    end: "close",
  }),
  /** 200 MB, in chunks. */
  oversizedChunkedBody: ({ reply }) => ({
    status: reply.status,
    bytes: flood(head(reply, chunked), toChunk),
    end: "close",
  }),
  /** 200 MB, with a header that announces them. */
  oversizedAnnouncedBody: ({ reply }) => ({
    status: reply.status,
    bytes: flood(head(reply, `content-length: ${HUGE_BYTES}`)),
    end: "close",
  }),
  /** 200 kB that gzip expands to 200 MB. */
  gzipBomb: ({ reply }) => encoded(reply, "gzip", bomb()),
  /** A gzip stream without its second half. */
  cutGzip: ({ reply }) => encoded(reply, "gzip", gzipSync(reply.body).subarray(0, 30)),
  /** Plain text with a header that says gzip. */
  falseGzip: ({ reply }) => encoded(reply, "gzip", reply.body),
  /** A byte is invalid in UTF-8, and the rest is not JSON. */
  badUtf8: ({ reply }) => ({ ...reply, body: withBadByte(reply.body, /"errcode"/) }),
  /** The body is empty. */
  emptyBody: ({ reply }) => ({ ...reply, body: "" }),
  /** A 502 of a proxy, in HTML. */
  badGateway: () => ({ status: 502, headers: { "content-type": "text/html" }, body: "<html>Bad Gateway</html>" }),
});

/** Faults that deliver the whole answer, in an unusual way. */
const oddities = named({
  /** The body arrives byte by byte, 50 bytes per second. */
  slowBody: ({ reply }) => ({ status: reply.status, bytes: drip(reply), end: "close" }),
  /** Compressed with gzip, although the client did not ask for it. */
  gzip: ({ reply }) => encoded(reply, "gzip", gzipSync(reply.body)),
  /** Compressed with brotli, although the client did not ask for it. */
  brotli: ({ reply }) => encoded(reply, "br", brotliCompressSync(reply.body)),
  /** `content-encoding: identity`, so not compressed. */
  identity: ({ reply }) => encoded(reply, "identity", reply.body),
  /** A byte-order mark comes first. */
  byteOrderMark: ({ reply }) => ({ ...reply, body: `\ufeff${reply.body}` }),
  /** `errmsg` contains a byte that is invalid in UTF-8. */
  badUtf8InText: ({ reply }) => ({ ...reply, body: withBadByte(withErrmsg(reply.body), /(?<="errmsg":").*?(?=")/) }),
  /** A 103 arrives first. */
  earlyHints: ({ reply }) => ({ ...reply, earlyHints: "</>; rel=preload" }),
});

export const faults = {
  ...losses,
  ...oddities,
  /** A failure whose texts quote the request: unchanged, decoded, and as a form. */
  quotedRequest: ({ reply, url }) => ({ ...reply, body: quote(url) }),
} satisfies Record<string, Fault>;

/** Faults of the connection before the request is read. If the request has already been read, the connection is reset. */
export const connectionFaults = {
  /** The connection is reset as soon as it is made. */
  resetAtOnce: 0,
  /** The connection is reset after the client has written the request, and before the mock reads it. */
  resetBeforeRead: 30,
} satisfies Record<string, number>;

export type FaultName = keyof typeof faults | keyof typeof connectionFaults | "duplicate";

/** `duplicate` delivers the request twice, as a proxy does that resends it. */
export const faultNames = [...Object.keys(connectionFaults), ...Object.keys(faults), "duplicate"] as FaultName[];

const chunked = "transfer-encoding: chunked";

function lengthOf({ body }: Reply): number {
  return Buffer.byteLength(body);
}

function toChunk(bytes: string | Uint8Array): Buffer {
  const content = Buffer.from(bytes as string);
  return Buffer.concat([Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from("\r\n")]);
}

async function* drip(reply: Reply) {
  yield head(reply, `content-length: ${lengthOf(reply)}`, "connection: close");
  for (const byte of Buffer.from(reply.body as string)) {
    await sleep(DRIP_MS);
    yield Buffer.of(byte);
  }
}

function* flood(start: string, frame = (bytes: Buffer) => bytes) {
  yield start;
  const piece = frame(MEGABYTE);
  for (let sent = 0; sent < HUGE_BYTES; sent += MEGABYTE.length) yield piece;
}

/** One gzip member for each megabyte: a decoder joins their contents. */
function bomb(): Buffer {
  return Buffer.concat(Array(HUGE_BYTES / MEGABYTE.length).fill(gzipSync(MEGABYTE)));
}

function encoded(reply: Reply, encoding: string, body: string | Uint8Array): Reply {
  return { ...reply, headers: { ...reply.headers, "content-encoding": encoding }, body };
}

function withBadByte(body: string | Uint8Array, at: RegExp): Buffer {
  const [before = "", after = ""] = String(body).split(at);
  return Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after)]);
}

function withErrmsg(body: string | Uint8Array): string {
  return JSON.stringify({ errmsg: "ok", ...JSON.parse(String(body)) });
}

function quote(url: string): string {
  const query = new URLSearchParams(url.slice(url.indexOf("?") + 1));
  const text = `${url} ${[...query.values()].join(" ")} ${query} ${String(query).toLowerCase()}`;
  const { value } = gateway.examples[gateway.refusals.invalidInput] as Example;
  return JSON.stringify({ ...(value as object), errmsg: text, sub_code: text, request_id: text });
}
