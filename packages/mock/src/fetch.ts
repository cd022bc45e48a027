/** The mock as a `fetch`: the same answers as the server, without a socket. */
import { type IncomingMessage, STATUS_CODES, request as sendRequest } from "node:http";
import { duplexPair, Readable } from "node:stream";
import { constants, createBrotliDecompress, createUnzip } from "node:zlib";
import { connectionReset, type Delivery, isReply, type Reply, toWire } from "./delivery.ts";
import type { Incoming } from "./request.ts";
import { writeWire } from "./write-wire.ts";

/** `connect` is called once for each call, as for each connection of a server. It may return a reset. */
export function createFetch(
  handle: (request: Incoming, wait: { signal?: AbortSignal }) => Promise<Delivery>,
  connect: () => Promise<Error> | undefined,
): typeof globalThis.fetch {
  return async function fetch(input, init): Promise<Response> {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    signal?.throwIfAborted();
    const incoming = readInit(input, init) ?? (await readRequest(new Request(input, init)));
    const answer = async () => {
      const reset = connect();
      if (reset) throw failed(await reset);
      const delivery = await handle(incoming, signal ? { signal } : {});
      const response = isPlain(delivery) ? toResponse(delivery) : await overWire(delivery, signal);
      const location = redirects.has(response.status) && response.headers.get("location");
      const mode = init?.redirect ?? (input instanceof Request ? input.redirect : "follow");
      if (!location || mode === "manual") return response;
      if (mode === "error") throw failed(new Error("unexpected redirect"));
      return fetch(new URL(location, "http://mock"), signal ? { signal } : {});
    };
    return signal ? race(answer(), signal) : answer();
  };
}

/** The statuses of redirects that `fetch` follows. */
const redirects = new Set([301, 302, 303, 307, 308]);

function race<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Reads the usual arguments without a `Request`, which would cost more time than the answer. */
function readInit(input: string | URL | Request, init: RequestInit = {}): Incoming | undefined {
  const { method = "GET", headers = {}, body } = init;
  const isUsual = typeof input === "string" && (body == null || typeof body === "string");
  if (!isUsual || Symbol.iterator in headers || headers instanceof Headers) return undefined;
  const names = Object.entries(headers as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value]);
  const fields = Object.fromEntries(names);
  if (typeof body === "string") fields["content-type"] ??= "text/plain;charset=UTF-8";
  return toIncoming(method.toUpperCase(), input, fields, Buffer.from(body ?? ""));
}

async function readRequest(request: Request): Promise<Incoming> {
  const { method, url, headers } = request;
  return toIncoming(method, url, Object.fromEntries(headers), new Uint8Array(await request.arrayBuffer()));
}

function toIncoming(method: string, address: string, headers: Record<string, string>, body: Uint8Array): Incoming {
  const { pathname, search } = new URL(address);
  if (body.length > 0) headers["content-length"] = String(body.length);
  return { method, url: pathname + search, headers, body };
}

function isPlain(delivery: Delivery): delivery is Reply {
  return isReply(delivery) && !delivery.headers["content-encoding"];
}

function toResponse({ status, headers, body }: Reply): Response {
  return new Response([204, 205, 304].includes(status) ? null : (body as Uint8Array<ArrayBuffer>), {
    status,
    statusText: STATUS_CODES[status] ?? "",
    headers,
  });
}

/** Sends a fault over a connection in memory, and reads it with Node's own HTTP client. */
async function overWire(delivery: Delivery, signal: AbortSignal | undefined): Promise<Response> {
  const [server, client] = duplexPair();
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    const request = sendRequest({ createConnection: () => client as never, ...(signal && { signal }) });
    request.on("response", resolve).on("error", reject).end();
  });
  server.resume().on("error", () => {});
  const reset = () => client.destroy(connectionReset());
  writeWire(isReply(delivery) ? toWire(delivery) : delivery, server, reset).catch(() => {});
  const message = await answer.catch((error) => {
    throw failed(error);
  });
  const headers = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const body = Readable.toWeb(Readable.from(readBody(message, signal))) as ReadableStream;
  return new Response(body, { status: message.statusCode ?? 0, headers });
}

async function* readBody(message: IncomingMessage, signal: AbortSignal | undefined) {
  try {
    yield* decode(message);
  } catch (cause) {
    throw signal?.aborted ? signal.reason : new TypeError("terminated", { cause });
  }
}

/** Decodes as `fetch` does: of a body that is cut off, it gives the part that arrived. */
function decode(message: IncomingMessage): Readable {
  const encoding = message.headers["content-encoding"];
  const brotli = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH };
  if (encoding === "br") return message.pipe(createBrotliDecompress(brotli));
  if (encoding !== "gzip") return message;
  return message.pipe(createUnzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }));
}

function failed(cause: unknown): TypeError {
  return new TypeError("fetch failed", { cause });
}
