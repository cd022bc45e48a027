import type { ResolvedOptions } from "./client-options.ts";
import type { Limits } from "./limits.ts";
import { type AnswerRecord, createFetchSend, type Send, tooLarge } from "./transport.ts";

/** What the client uses of an undici `Dispatcher`. */
export interface Dispatcher {
  // biome-ignore lint/suspicious/noExplicitAny: the types of undici's majors agree in nothing narrower.
  dispatch(options: any, handler: any): boolean;
}

/** Where every undici keeps its global dispatcher, Node's own and npm's alike. */
const globalDispatcher = Symbol.for("undici.globalDispatcher.1");

/** Node makes its dispatcher when it loads its `fetch`, which touching `Headers` does. */
function findDispatcher(): Dispatcher | undefined {
  const scope = globalThis as { [globalDispatcher]?: Dispatcher };
  return scope[globalDispatcher] ?? (globalThis.Headers && scope[globalDispatcher]);
}

export function createDispatchSend(dispatcher: Dispatcher | undefined, options: ResolvedOptions): Send {
  const { fetch, maxResponseSize } = options;
  const fetchSend = createFetchSend(fetch, maxResponseSize);
  return (request, limits) => {
    const target = dispatcher ?? (fetch ? undefined : findDispatcher());
    if (!target) return fetchSend(request, limits);
    const { url, method, headers, body } = request;
    const { origin, pathname, search } = new URL(url);
    const exchange = createExchange(maxResponseSize, limits);
    try {
      target.dispatch({ origin, path: pathname + search, method, headers, body }, exchange.handler);
    } catch (error) {
      exchange.handler.onError(error as Error); // One that is closed throws.
    }
    return exchange;
  };
}

/** A handler for one request, and what becomes of it. */
function createExchange(maxSize: number, { operation }: Limits) {
  let abort: ((error: Error) => void) | undefined;
  let stopped: Error | undefined;
  let status = 0;
  let headers: Entries = [];
  const chunks: Uint8Array[] = [];
  let size = 0;
  let resolve: (answer: AnswerRecord | Promise<AnswerRecord>) => void;
  let reject: (error: Error) => void;
  const answer = new Promise<AnswerRecord>((...settle) => {
    [resolve, reject] = settle;
  });

  function stop(error: Error) {
    stopped = error;
    reject(error);
    abort?.(error);
  }
  function started(stopIt: (error: Error) => void) {
    abort = stopIt;
    if (stopped) abort(stopped);
  }
  function began(code: number, entries: Entries) {
    status = code;
    headers = entries;
    return true;
  }
  function received(chunk: Uint8Array) {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maxSize) stop(tooLarge(operation, maxSize));
    return true;
  }
  const ended = () => resolve(toAnswer(status, headers, chunks, () => tooLarge(operation, maxSize), maxSize));

  const handler = {
    // undici 7 and later
    onRequestStart: (controller: { abort(error: Error): void }) => started((error) => controller.abort(error)),
    onResponseStart: (_: unknown, code: number, fields: object) => void began(code, Object.entries(fields)),
    onResponseData: (_: unknown, chunk: Uint8Array) => void received(chunk),
    onResponseEnd: ended,
    onResponseError: (_: unknown, error: Error) => reject(error),
    // undici 6
    onConnect: started,
    onHeaders: (code: number, raw: Uint8Array[]) => began(code, pairs(raw)),
    onData: received,
    onComplete: ended,
    onError: (error: Error) => reject(error),
  };
  return { answer, handler, cancel: () => stop(new Error("cancelled")) };
}

type Entries = [name: string, value: string | string[]][];

/** undici 6 gives names and values in turn. */
function pairs(raw: Uint8Array[]): Entries {
  const entries: Entries = [];
  for (let index = 0; index < raw.length; index += 2) entries.push([String(raw[index]), String(raw[index + 1])]);
  return entries;
}

const decoder = new TextDecoder();

function toAnswer(
  status: number,
  entries: Entries,
  chunks: Uint8Array[],
  fault: () => Error,
  maxSize: number,
): AnswerRecord | Promise<AnswerRecord> {
  const find = (wanted: string) => {
    const value = entries.find(([name]) => name.toLowerCase() === wanted)?.[1];
    return value === undefined ? null : String(value);
  };
  const finish = (bytes: Uint8Array): AnswerRecord => ({
    status,
    contentType: find("content-type"),
    body: decoder.decode(bytes),
    headers: () =>
      new Headers(entries.flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each]))),
  });
  const bytes = chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
  const encoding = find("content-encoding")?.trim().toLowerCase();
  return encoding
    ? decode(bytes, encoding, maxSize).then(finish, (error) =>
        Promise.reject(error.code === "ERR_BUFFER_TOO_LARGE" ? fault() : error),
      )
    : finish(bytes);
}

/**
 * No encoding is asked for, and a server that uses one all the same is rare. As `fetch` does, it takes what there is of a
 * body that is cut off, and leaves an encoding that it does not know.
 */
async function decode(bytes: Uint8Array, encoding: string, maxOutputLength: number): Promise<Uint8Array> {
  const { brotliDecompressSync, constants, unzipSync } = await import("node:zlib");
  if (encoding === "br")
    return brotliDecompressSync(bytes, { maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return /^(x-)?gzip$|^deflate$/.test(encoding)
    ? unzipSync(bytes, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })
    : bytes;
}
