/** A server that gives every request one answer, as written here: for the answers that the mock has not. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface WireRequest {
  /** Path and query, as they came. */
  url: string;
  body: string;
}

export async function startCannedServer(status: number, body: string, headers: Record<string, string> = {}) {
  const requests: WireRequest[] = [];
  const server = createServer(async (request, response) => {
    requests.push({ url: request.url as string, body: await text(request) });
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close().closeAllConnections();
    },
  };
}
