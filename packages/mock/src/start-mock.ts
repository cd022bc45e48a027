/** The mock on a port. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { finished } from "node:stream/promises";
import { type Delivery, isReply, writeWire } from "./delivery.ts";
import { createGateway, type GatewayOptions, type MockGateway } from "./gateway.ts";
import { connect, createMockOf, type Mock } from "./mock.ts";
import { createReport } from "./prism.ts";
import type { Fields } from "./record.ts";

export interface MockOptions extends GatewayOptions {
  /**
   * The port to listen on; 0 is any free one.
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
  /** Where the mock listens: the client's `baseUrl`. With `/@SCENARIO` after it, every call gets that scenario. */
  readonly url: string;
  /** How many connections have been made, and how many of them are open. */
  readonly connections: { readonly made: number; readonly open: number };
  /** Stops listening and ends every open connection. */
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 10_000_000;

/** Starts a mock of the API, on loopback unless `host` says otherwise. */
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

function createHttpServer(gateway: MockGateway) {
  const sockets = new Set<Socket>();
  let made = 0;
  /** By connection: a request that comes while another is being answered waits, and after a wire for ever. */
  const turns = new WeakMap<Socket, Promise<void>>();
  const server = createServer((request, response) => {
    const before = turns.get(request.socket) ?? Promise.resolve();
    const turn = before.then(() => answer(gateway, request, response));
    // What the mock itself cannot do is said, and the next request is served.
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

async function answer(gateway: MockGateway, request: IncomingMessage, response: ServerResponse) {
  const bytes = await readBody(request);
  if (bytes === "aborted") return;
  if (bytes === "too large") {
    response.setHeader("connection", "close");
    return send(response, createReport(413, "TOO_LARGE", `The body is larger than ${MAX_BODY_BYTES} bytes`));
  }
  const body = decode(bytes, request.headers["content-type"]);
  if (body === undefined) return send(response, createReport(400, "UNKNOWN_CHARSET", "The charset is unknown"));
  // On a kept connection the request has been read by the time that its fate is known.
  const reset = connect(gateway);
  if (reset) return reset.then(() => void request.socket.resetAndDestroy());
  const { method = "GET", url = "/", headers } = request;
  await send(response, await gateway.handle({ method, url, headers: headers as Fields, body }, { ref: false }));
}

async function readBody(request: IncomingMessage): Promise<Buffer | "too large" | "aborted"> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        request.resume(); // What is still being sent is let go, or the sender would not read the answer.
        return "too large";
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return "aborted";
  }
}

function decode(bytes: Buffer, contentType = ""): string | undefined {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Resolves when the connection is free for the next answer: after a wire, never. */
async function send(response: ServerResponse, delivery: Delivery): Promise<void> {
  const { socket } = response;
  if (!socket || socket.destroyed) return;
  if (!isReply(delivery)) {
    // The response stays unfinished: Node lets no other one write to this socket.
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
      code === "EADDRINUSE" ? "is in use: pass another, or 0 for any free one" : `cannot be used: ${message}`;
    throw new Error(`startMock: port ${port} on ${host} ${fault}`);
  }
  const { address, family, port: bound } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
}
