/** Servers that fail in one phase of a request each, and that count the creates that they have carried out. */
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { Worker } from "node:worker_threads";
import { createCertificates } from "./certificates.ts";

/** The phases in chronological order, with the names in the guide's table. */
export const phases = {
  lookup: "the name is not found",
  refused: "the connection is refused",
  bothRefused: "both addresses of the name refuse the connection",
  blockedPort: "the port is one that `fetch` refuses (1)",
  dropped: "the connection's packets are dropped, until the `timeout`",
  proxy407: "the proxy answers CONNECT with 407",
  proxy403: "the proxy answers CONNECT with 403",
  proxy502: "the proxy answers CONNECT with 502",
  proxyCloses: "the proxy closes the connection at CONNECT",
  proxyResets: "the proxy resets the connection at CONNECT",
  proxyStalls: "the proxy does not answer CONNECT, until the `timeout`",
  tlsCloses: "the TLS handshake is cut",
  tlsResets: "the TLS handshake is reset",
  tlsAlert: "the TLS handshake is refused",
  tlsPlain: "the TLS handshake is answered in plain text",
  tlsUntrusted: "the certificate is not trusted",
  tlsStalls: "the TLS handshake is not answered, until the `timeout`",
  partReset: "the request is read in part, and the connection reset",
  readCloses: "the request is read, and the connection closed",
  readResets: "the request is read, and the connection reset",
  reusedCloses: "a reused connection is closed when the request is read",
  reusedResets: "a reused connection is reset when the request is read",
  readStops: "the request is read, and the server ends",
  readBreaksTls: "the request is read, and plain text comes within TLS",
  readStalls: "the request is read and not answered, until the `timeout`",
  halfStatus: "the answer is cut in its status line",
  reusedHalfStatus: "the answer on a reused connection is cut in its status line",
  halfHeaders: "the answer is cut in its headers",
  headersOnly: "the answer is cut after its headers",
  halfBody: "the answer is cut in its body",
  answered: "the request is answered",
} as const;
export type Phase = keyof typeof phases;

/** How a program makes the create that fails in a phase. */
export interface Fault {
  baseUrl: string;
  name: string;
  /** An earlier create on the same connection. */
  before?: string;
  /** The timeout in milliseconds. Without it, the program waits for the fault. */
  timeout?: number;
}

export interface FaultServer {
  faults: Record<Phase, Fault>;
  /** The environment of a process that calls the server: the proxy, and the authority to trust. */
  env: { HTTPS_PROXY: string; NO_PROXY: string; [name: string]: string };
  /** In PEM: the authority, and the certificate of the servers. */
  authority: string;
  certificate: string;
  /** How often the server has carried out the create of each phase. */
  executed: Record<Phase, number>;
  close(): Promise<void>;
}

/** The timeout of a create that gets no answer. */
const STALL_MS = 700;
/** A body that arrives in several parts. */
const LARGE_NAME = "a".repeat(1_000_000);
/** The name of a create that only opens a connection, so that the next create reuses it. */
const FIRST = "first";

const body = '{"errcode":0,"errmsg":"ok","groupId":1560985325}';
const status = "HTTP/1.1 200 OK\r\n";
const fields = ["content-type: application/json", "access-control-allow-origin: *", `content-length: ${body.length}`];
const headers = `${status}${fields.join("\r\n")}\r\n\r\n`;

/** The faults of connections, by phase. They need only the first bytes of a request, or none. */
const connections: Partial<Record<Phase, (socket: Socket) => void>> = {
  tlsCloses: (socket) => socket.end(),
  tlsResets: (socket) => socket.resetAndDestroy(),
  tlsAlert: (socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40])), // A fatal handshake_failure.
  tlsPlain: (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
  tlsStalls: () => {},
  partReset: (socket) => socket.resetAndDestroy(),
};

/** The faults of requests that were completely read, and so carried out. */
const requests: Partial<Record<Phase, (socket: Socket, server: Server) => void>> = {
  readCloses: (socket) => socket.end(),
  readResets: (socket) => socket.resetAndDestroy(),
  readStops: (socket, server) => {
    server.close();
    socket.resetAndDestroy();
  },
  readStalls: () => {},
  halfStatus: (socket) => socket.end("HTTP/1.1 2"),
  halfHeaders: (socket) => socket.end(`${status}content-type: appl`),
  headersOnly: (socket) => socket.end(headers),
  halfBody: (socket) => socket.end(headers + body.slice(0, 20)),
  answered: (socket) => socket.end(headers + body),
};

/** The same faults on a reused connection. */
const laterRequests: typeof requests = {
  reusedCloses: (socket) => socket.end(),
  reusedResets: (socket) => socket.resetAndDestroy(),
  reusedHalfStatus: (socket) => socket.end("HTTP/1.1 2"),
};

/** The faults of a proxy at CONNECT. The host names the fault. */
const proxied: Partial<Record<Phase, (socket: Socket) => void>> = {
  proxy407: (socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n"),
  proxy403: (socket) => socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"),
  proxy502: (socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"),
  proxyCloses: (socket) => socket.end(),
  proxyResets: (socket) => socket.resetAndDestroy(),
  proxyStalls: () => {},
};

/** Starts one server for each phase, all on loopback. */
export async function startFaultServer(): Promise<FaultServer> {
  const executed = Object.fromEntries(Object.keys(phases).map((phase) => [phase, 0])) as Record<Phase, number>;
  const closers: (() => unknown)[] = [];
  const sockets = new Set<Socket>();
  const listen = async (server: Server): Promise<number> => {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    });
    closers.push(() => server.close());
    await once(server.listen(0, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  };

  const { authority, server: certificate } = createCertificates("trusted");
  const folder = mkdtempSync(join(tmpdir(), "dingrole-faults-"));
  closers.push(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "authority.pem"), authority.cert);

  const faults: Partial<Record<Phase, Fault>> = {};
  const add = (phase: Phase, baseUrl: string) => {
    faults[phase] = {
      baseUrl,
      name: phase === "partReset" ? LARGE_NAME : phase,
      ...(phase in laterRequests && { before: FIRST }),
      ...(/dropped|Stalls|proxyCloses/.test(phase) && { timeout: STALL_MS }),
    };
  };
  const entries = <Value>(record: Partial<Record<Phase, Value>>) => Object.entries(record) as [Phase, Value][];

  add("lookup", "https://lookup.invalid");
  add("blockedPort", "http://127.0.0.1:1");

  const full = await startFullServer();
  closers.push(full.close);
  add("dropped", `http://127.0.0.1:${full.port}`);

  for (const phase of Object.keys(proxied) as Phase[]) add(phase, `https://${phase.toLowerCase()}.proxied.invalid`);
  const proxy = createServer((socket) =>
    socket.once("data", (head) => {
      const host = /^CONNECT (\w+)/.exec(head.toString())?.[1];
      for (const [phase, answer] of entries(proxied)) if (phase.toLowerCase() === host) answer(socket);
    }),
  );
  const proxyPort = await listen(proxy);

  // The port of a connected client: no server can get it, and a connection to it is refused.
  const client = connect(proxyPort, "127.0.0.1");
  await once(client, "connect");
  closers.push(() => client.destroy());
  add("refused", `http://127.0.0.1:${client.localPort}`);
  add("bothRefused", `https://both.invalid:${client.localPort}`);

  for (const [phase, act] of entries(connections)) {
    const port = await listen(createServer((socket) => socket.once("data", () => act(socket))));
    add(phase, `${phase.startsWith("tls") ? "https" : "http"}://127.0.0.1:${port}`);
  }

  for (const [phase, act] of entries(requests)) {
    const server = createServer((socket) =>
      onRequest(socket, () => {
        executed[phase]++;
        act(socket, server);
      }),
    );
    add(phase, `http://127.0.0.1:${await listen(server)}`);
  }

  for (const [phase, act] of entries(laterRequests)) {
    const server = createServer((socket) => {
      let isReused = false;
      onRequest(socket, (form) => {
        if (form !== `name=${FIRST}`) executed[phase]++;
        if (isReused) act(socket, server);
        else socket.write(headers + body);
        isReused = true;
      });
    });
    add(phase, `http://127.0.0.1:${await listen(server)}`);
  }

  const untrusted = createTlsServer(createCertificates("untrusted").server);
  add("tlsUntrusted", `https://127.0.0.1:${await listen(untrusted)}`);
  untrusted.on("secureConnection", (socket) => onRequest(socket, () => executed.tlsUntrusted++));

  // TLS goes through another server, which inserts plain text.
  let raw: Socket | undefined;
  const broken = createTlsServer(certificate, (socket) => {
    socket.on("error", () => {});
    onRequest(socket, () => {
      executed.readBreaksTls++;
      raw?.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
  });
  const inner = await listen(broken);
  const outer = createServer((socket) => {
    raw = socket;
    const upstream = connect(inner, "127.0.0.1").on("error", () => {});
    socket.pipe(upstream).on("data", (chunk) => socket.writable && socket.write(chunk));
  });
  add("readBreaksTls", `https://127.0.0.1:${await listen(outer)}`);

  return {
    faults: faults as Record<Phase, Fault>,
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
      NO_PROXY: "127.0.0.1,localhost,lookup.invalid,both.invalid",
      NODE_USE_ENV_PROXY: "1",
      NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
      DENO_CERT: join(folder, "authority.pem"),
    },
    authority: authority.cert,
    certificate: certificate.cert,
    executed,
    async close() {
      for (const close of closers) await close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Calls back with the form of each complete request. */
function onRequest(socket: Socket, callback: (form: string) => void) {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    const [head = "", form] = text.split("\r\n\r\n", 2);
    if (form === undefined) return;
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (length === undefined ? !text.endsWith("0\r\n\r\n") : form.length < Number(length)) return;
    text = "";
    callback(form);
  });
}

/**
 * A server whose queue of connections is full, so that the system drops the first packet of a new connection. Its thread is
 * blocked before it accepts one.
 */
async function startFullServer(): Promise<{ port: number; close: () => Promise<unknown> }> {
  const program = `
    const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`;
  const worker = new Worker(program, { eval: true });
  const [port] = await once(worker, "message");
  const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  return {
    port,
    close: () => {
      for (const socket of fillers) socket.destroy();
      return worker.terminate();
    },
  };
}
