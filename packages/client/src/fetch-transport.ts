import type { ResolvedOptions } from "./client-options.ts";
import type { Answer, Transport } from "./transport.ts";

export function createFetchTransport({ fetch, maxResponseSize }: ResolvedOptions): Transport {
  return (url, request) => {
    const controller = new AbortController();
    // A redirect that is followed would carry the token to another host.
    const init: RequestInit = { ...request, redirect: "manual", signal: controller.signal };
    // Deno's fetch resends a request whose connection is cut, even a POST (denoland/deno#32566). It streams a Blob, and so it
    // cannot resend one.
    if (init.body && "Deno" in globalThis) init.body = new Blob([init.body as string]);
    // The `fetch` of a framework, such as Next.js 14, may answer from a cache, even a POST. A Worker with a compatibility date
    // before 2024-11-11 throws for this field, and its `Request` does not have it.
    if (globalThis.Request && "cache" in Request.prototype) init.cache = "no-store";
    const answer = exchange(fetch ?? globalThis.fetch, url, init, maxResponseSize);
    return { answer, cancel: () => controller.abort(), isUnsent: () => undefined };
  };
}

async function exchange(
  fetch: typeof globalThis.fetch | undefined,
  url: string,
  init: RequestInit,
  maxSize: number,
): Promise<Answer | undefined> {
  if (!fetch) throw { code: "NO_FETCH" }; // The attempt turns it into a NetworkError.
  const response = await fetch(url, init);
  const { status, headers } = response;
  const body = await readText(response, maxSize);
  if (body === undefined) return undefined;
  return { status, body, headers: () => headers };
}

function readText(response: Response, maxSize: number): Promise<string | undefined> {
  const { headers, body } = response;
  // The length counts the bytes on the wire, so it does not limit an answer that is compressed.
  const length = headers.get("content-length");
  const isSmall = !body || (length && +length <= maxSize && !headers.get("content-encoding"));
  return isSmall ? response.text() : readStream(body, maxSize);
}

async function readStream(body: ReadableStream<Uint8Array>, maxSize: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > maxSize) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(value, { stream: true });
  }
}
