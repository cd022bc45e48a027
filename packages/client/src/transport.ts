import { ResponseError } from "./errors.ts";
import type { Limits } from "./limits.ts";

/** The arguments of `fetch`. A real `Request` costs as much as the call: a second one is made of it, and its body piped. */
export interface RequestRecord {
  readonly url: string;
  readonly method: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** An answer, its body read. */
export interface AnswerRecord {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
  /** Made for those who ask. */
  readonly headers: () => Headers;
}

/** Sends a request. `cancel` ends it, wherever it is. */
export type Send = (request: RequestRecord, limits: Limits) => { answer: Promise<AnswerRecord>; cancel: () => void };

export function createFetchSend(fetch: typeof globalThis.fetch | undefined, maxSize: number): Send {
  return ({ url, ...init }, { operation }) => {
    const controller = new AbortController();
    const send = async (): Promise<AnswerRecord> => {
      // A followed redirect would carry the token to wherever it points.
      const options: RequestInit = { ...init, redirect: "manual", signal: controller.signal };
      const response = await (fetch ?? globalThis.fetch)(url, options);
      const { status, headers } = response;
      const body = await readText(response, maxSize, operation);
      return { status, contentType: headers.get("content-type"), body, headers: () => headers };
    };
    return { answer: send(), cancel: () => controller.abort() };
  };
}

function readText(response: Response, maxSize: number, operation: Limits["operation"]): Promise<string> {
  const { headers, body } = response;
  // The length is of the bytes on the wire: of an encoded answer it says nothing.
  const length = headers.get("content-length");
  const isSmall = !body || (length && +length <= maxSize && !headers.get("content-encoding"));
  return isSmall ? response.text() : readStream(body, maxSize, operation);
}

async function readStream(body: ReadableStream<Uint8Array>, maxSize: number, operation: Limits["operation"]) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > maxSize) {
      reader.cancel().catch(() => {});
      throw tooLarge(operation, maxSize);
    }
    text += decoder.decode(value, { stream: true });
  }
}

export function tooLarge(operation: Limits["operation"], maxSize: number): ResponseError {
  return new ResponseError(operation, `is larger than ${maxSize} bytes`);
}
