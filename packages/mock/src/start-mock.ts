/// <reference lib="esnext.disposable" preserve="true" />
/** The mock as an HTTP server. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { finished } from "node:stream/promises";
import { createBodies, MAX_BODIES_BYTES, MAX_BODY_BYTES } from "./bodies.ts";
import { type Delivery, isReply } from "./delivery.ts";
import type { Fields } from "./fields.ts";
import { createGateway, type GatewayOptions, type MockGateway } from "./gateway.ts";
import { connect, createMockOf, type Mock } from "./mock.ts";
import { createReport } from "./prism.ts";
import { writeWire } from "./write-wire.ts";

export interface MockOptions extends GatewayOptions {
  /**
   * The port to listen on; 0 means any free port.
   * @default 0
   */
  port?: number;
  /**
   * The address to listen on.
   * @default "127.0.0.1"
   */
  host?: string;
}

export interface MockServer extends Mock, AsyncDisposable {
  /** The URL of the mock, for the client's `baseUrl`. If you add `/@SCENARIO`, every call gets that scenario. */
  readonly url: string;
  /** How many connections have been made, and how many of them are open. */
  readonly connections: { readonly made: number; readonly open: number };
  /** Stops listening and ends every open connection. */
  close(): Promise<void>;
}

/** Starts a mock of the API, by default on loopback. */
export async function startMock({ port = 0, host = "127.0.0.1", ...options }: MockOptions = {}): Promise<MockServer> {
  if (typeof host !== "string" || host === "") throw new TypeError(`startMock: host must be an address, not ${host}`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new TypeError(`startMock: port must be a whole number from 0 to 65535, not ${port}`);
  const gateway = await createGateway(options);
  const { server, sockets, connections } = createHttpServer(gateway);
  const url = await listen(server, port, host);

  let closed: Promise<unknown> | undefined;
  async function close() {
    closed ??= new Promise((resolve) => {
      server.close(resolve);
      for (const socket of sockets) socket.destroy();
    });
    await closed;
  }
  return Object.assign(createMockOf(gateway, url), { url, connections, close, [Symbol.asyncDispose]: close });
}

type ReadBody = ReturnType<typeof createBodies>;

function createHttpServer(gateway: MockGateway) {
  const sockets = new Set<Socket>();
  const read = createBodies();
  let made = 0;
  /** For each connection, the end of its last answer: a pipelined request waits for it. After a `Wire` it waits for ever. */
  const turns = new WeakMap<Socket, Promise<void>>();
  const server = createServer((request, response) => {
    const before = turns.get(request.socket) ?? Promise.resolve();
    const turn = before.then(() => answer(gateway, read, request, response));
    // An error in the mock is an answer, too, so that the next request is served.
    const failed = (error: unknown) => send(response, createReport(500, "MOCK_FAILED", String(error)));
    turns.set(request.socket, turn.catch(failed));
  });

  const [attach] = server.listeners("connection") as [(socket: Socket) => void];
  server.removeListener("connection", attach).on("connection", (socket: Socket) => {
    made++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    const reset = connect(gateway);
    if (reset) reset.then(() => socket.resetAndDestroy());
    else attach.call(server, socket);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
    const { headers, body } = createReport(status, "NOT_HTTP", error.message);
    const length = Buffer.byteLength(body);
    if (socket.writable)
      socket.end(
        `HTTP/1.1 ${status} x\r\ncontent-type: ${headers["content-type"]}\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`,
      );
    else socket.destroy();
  });
  return {
    server,
    sockets,
    connections: {
      get made() {
        return made;
      },
      get open() {
        return sockets.size;
      },
    },
  };
}

async function answer(gateway: MockGateway, read: ReadBody, request: IncomingMessage, response: ServerResponse) {
  const delivery = await deliver(gateway, read, request, response);
  if (delivery) await send(response, delivery);
}

/** Returns `undefined` if the client has gone away, or the connection has been reset. */
async function deliver(gateway: MockGateway, read: ReadBody, request: IncomingMessage, response: ServerResponse) {
  const body = await read(request);
  if (body === "aborted") return undefined;
  if (typeof body === "string") {
    response.setHeader("connection", "close");
    return body === "too large"
      ? createReport(413, "TOO_LARGE", `The body must be at most ${MAX_BODY_BYTES} bytes`)
      : createReport(
          503,
          "TOO_MANY_BODIES",
          `All unfinished bodies together must be at most ${MAX_BODIES_BYTES} bytes`,
        );
  }
  try {
    // On a reused connection the request has already been read.
    const reset = connect(gateway);
    if (reset) {
      await reset;
      request.socket.resetAndDestroy();
      return undefined;
    }
    const { method = "GET", url = "/", headers } = request;
    return await gateway.handle({ method, url, headers: headers as Fields, body: body.bytes }, { ref: false });
  } finally {
    body.release();
  }
}

/** Resolves when the connection is free for the next answer; after a `Wire`, never. */
async function send(response: ServerResponse, delivery: Delivery): Promise<void> {
  const { socket } = response;
  if (!socket || socket.destroyed) return;
  if (!isReply(delivery)) {
    // The response is never ended, so Node writes no other response to this socket.
    writeWire(delivery, socket, () => socket.resetAndDestroy()).catch(() => {});
    return new Promise(() => {});
  }
  const { status, headers, body, earlyHints } = delivery;
  if (earlyHints) response.writeEarlyHints({ link: earlyHints });
  if (status === 204 || status === 304) response.writeHead(status, headers).end();
  else response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
  await finished(response).catch(() => {});
}

async function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const fault =
      code === "EADDRINUSE" ? "is in use: pass another port, or 0 for any free port" : `cannot be used: ${message}`;
    throw new Error(`startMock: port ${port} on ${host} ${fault}`);
  }
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
}
