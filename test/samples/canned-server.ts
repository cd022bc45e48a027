/** Servers that give every request the same answer, for answers that the mock cannot give. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface WireRequest {
  method: string;
  /** The unchanged path and query. */
  url: string;
  body: string;
}

export function startCannedServer(status: number, body: string, headers: Record<string, string> = {}) {
  return start((_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body),
  );
}

/** Answers each path with its body. */
export function startServer(bodies: Readonly<Record<string, string>>) {
  return start((_, response, { url }) =>
    response.writeHead(200, { "content-type": "application/json" }).end(bodies[url.split("?")[0] as string]),
  );
}

/** Answers with exactly these bytes. Then closes the connection, or keeps it open for ever. */
export function startRawServer(toAnswer: (request: WireRequest) => string, isKeptOpen = false) {
  return start(({ socket }, _, request) => {
    socket.write(toAnswer(request));
    if (!isKeptOpen) socket.end();
  });
}

type Answer = (...args: [...Parameters<RequestListener>, request: WireRequest]) => void;

async function start(answer: Answer) {
  const requests: WireRequest[] = [];
  const server: Server = createServer(async (message, response) => {
    const request = { method: message.method as string, url: message.url as string, body: await text(message) };
    requests.push(request);
    answer(message, response, request);
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
