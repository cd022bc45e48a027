import type { ResolvedOptions } from "./client-options.ts";
import type { Answer, Exchange, Transport } from "./transport.ts";

/**
 * An undici `Dispatcher`, as far as the client uses it. It must call the handler's `onRequestStart` or `onConnect` before it
 * sends anything, as undici does: a request that fails before that call counts as not executed.
 */
export interface Dispatcher {
  // biome-ignore lint/suspicious/noExplicitAny: the major versions of undici have no narrower type in common.
  dispatch(options: any, handler: any): boolean;
}

/** Node's own undici and the one from npm keep their global dispatcher here. */
const globalDispatcher = Symbol.for("undici.globalDispatcher.1");

/** Node makes its dispatcher when it loads its `fetch`. Reading `Headers` loads it. */
function findDispatcher(): Dispatcher | undefined {
  const scope = globalThis as { [globalDispatcher]?: Dispatcher };
  return scope[globalDispatcher] ?? (globalThis.Headers && scope[globalDispatcher]);
}

export function createNodeTransport(
  dispatcher: Dispatcher | undefined,
  { fetch, maxResponseSize }: ResolvedOptions,
  fetchTransport: Transport,
): Transport {
  return (url, request) => {
    const target = dispatcher ?? (fetch ? undefined : findDispatcher());
    if (!target) return fetchTransport(url, request);
    const handler = new Handler(maxResponseSize);
    try {
      const { origin, pathname, search } = new URL(url);
      target.dispatch({ origin, path: pathname + search, ...request }, handler);
    } catch (error) {
      handler.onError(error as Error); // A closed dispatcher throws.
    }
    return handler;
  };
}

type HeaderFields = Record<string, string | string[]>;

const decoder = new TextDecoder();

/** undici's handler of one request, with the answer that it makes of it. */
class Handler implements Exchange {
  readonly answer: Promise<Answer | undefined>;
  #resolve!: (answer: Answer | undefined | Promise<Answer | undefined>) => void;
  #reject!: (error: Error) => void;
  #abort: ((error: Error) => void) | undefined;
  #cancelled: Error | undefined;
  #status = 0;
  #headers: HeaderFields = {};
  #chunks: Uint8Array[] = [];
  #size = 0;
  readonly #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** undici hands `abort` over right before it writes the request, on a connection that is open and trusted. */
  isUnsent(): boolean {
    return !this.#abort && !this.#status;
  }

  cancel() {
    this.#cancelled = new Error("cancelled");
    this.#reject(this.#cancelled);
    this.#abort?.(this.#cancelled);
  }

  // undici 6

  onConnect(abort: (error: Error) => void) {
    this.#abort = abort;
    if (this.#cancelled) abort(this.#cancelled);
  }

  /** Names and values alternate. */
  onHeaders(status: number, raw: Buffer[]): boolean {
    const headers: HeaderFields = { __proto__: null as never };
    for (let index = 0; index < raw.length; index += 2) {
      const [name = "", value = ""] = raw.slice(index, index + 2).map((each) => each.toString("latin1"));
      headers[name.toLowerCase()] = [headers[name.toLowerCase()] ?? [], value].flat();
    }
    this.onResponseStart(undefined, status, headers);
    return true;
  }

  onData(chunk: Uint8Array): boolean {
    this.#size += chunk.length;
    this.#chunks.push(chunk);
    if (this.#size > this.#maxSize) {
      this.#resolve(undefined);
      this.cancel();
    }
    return true;
  }

  onComplete() {
    const bytes = Buffer.concat(this.#chunks);
    const encoding = this.#headers["content-encoding"];
    this.#resolve(encoding ? this.#decode(bytes, String(encoding)) : this.#toAnswer(bytes));
  }

  onError(error: Error) {
    this.#reject(error);
  }

  // undici 7 and later

  onRequestStart(controller: { abort(error: Error): void }) {
    this.onConnect((error) => controller.abort(error));
  }

  onResponseStart(_: unknown, status: number, headers: HeaderFields) {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: unknown, chunk: Uint8Array) {
    this.onData(chunk);
  }

  onResponseEnd() {
    this.onComplete();
  }

  onResponseError(_: unknown, error: Error) {
    this.#reject(error);
  }

  #toAnswer(bytes: Uint8Array): Answer {
    const fields = this.#headers;
    return { status: this.#status, body: decoder.decode(bytes), headers: () => toHeaders(fields) };
  }

  async #decode(bytes: Uint8Array, encoding: string): Promise<Answer | undefined> {
    try {
      // On Node 20, zlib takes 4 GiB at most.
      return this.#toAnswer(await decode(bytes, encoding.trim().toLowerCase(), Math.min(this.#maxSize, 2 ** 32)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined;
      throw error;
    }
  }
}

/** Leaves out a field that `Headers` refuses, such as one of an interceptor: the call has already succeeded. */
function toHeaders(fields: HeaderFields): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(fields))
    for (const value of [values].flat())
      try {
        headers.append(name, value);
      } catch {}
  return headers;
}

/**
 * The request asks for no encoding, but a server may use one. As `fetch` does, this decodes the part of a body that came before
 * a cut, and leaves an unknown encoding as it is.
 */
async function decode(bytes: Uint8Array, encoding: string, maxOutputLength: number): Promise<Uint8Array> {
  const { brotliDecompressSync, constants, unzipSync } = await import("node:zlib");
  if (encoding === "br")
    return brotliDecompressSync(bytes, { maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH });
  return /^(x-)?gzip$|^deflate$/.test(encoding)
    ? unzipSync(bytes, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })
    : bytes;
}
