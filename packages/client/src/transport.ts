import { NetworkError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";

/** What openapi-fetch takes for a `Request`: the arguments of `fetch`, kept apart. */
export class RequestRecord {
  readonly operation: OperationId;
  readonly url: string;
  readonly init: RequestInit;

  constructor(url: string, { operation, method, headers, body }: RequestInit & { operation: OperationId }) {
    this.operation = operation;
    this.url = url;
    // A followed redirect would carry the token to wherever it points.
    this.init = { method, headers, body, redirect: "manual" } as RequestInit;
  }
}

/** What openapi-fetch takes for a `Response`, its body read. */
export interface AnswerRecord {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  readonly body: string;
  text(): Promise<string>;
}

/** Sends a request with `fetch` and reads the whole answer. */
export function createTransport(fetch: typeof globalThis.fetch) {
  return async ({ operation, url, init }: RequestRecord): Promise<AnswerRecord> => {
    try {
      return await readAnswer(await fetch(url, init));
    } catch (cause) {
      throw new NetworkError(operation, cause);
    }
  };
}

async function readAnswer(response: Response): Promise<AnswerRecord> {
  const body = await response.text();
  return { status: response.status, ok: response.ok, headers: response.headers, body, text: async () => body };
}
