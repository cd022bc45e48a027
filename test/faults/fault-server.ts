/** A server on raw sockets that fails in each way by name. Whatever it answers with has both operations' fields. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, createGzip, gzipSync } from "node:zlib";

export interface WholeRequest {
  /** The request line, without the HTTP version. */
  line: string;
  body: string;
}

export interface FaultServer {
  url: string;
  /** A port that nobody listens on. */
  refusedUrl: string;
  /** The requests that arrived whole. */
  requests: WholeRequest[];
  /** How many requests began: those that were reset before they were read, too. */
  readonly begun: number;
  /** Whether the socket of the last request is closed. */
  readonly isFreed: boolean;
  /** How many connections came to where the redirects point. */
  readonly redirected: number;
  always(fault: FaultName): void;
  /** One fault for each request in turn, the last one again and again. */
  script(faults: readonly FaultName[]): void;
  close(): Promise<void>;
}

export type FaultName = keyof typeof faults;

/** What the answers say that the app's token is. */
export const issuedToken = "issued-canary+0f/x x&y=";

const MB = 1_000_000;
const HUGE_BYTES = 200 * MB;
const DRIP_MS = 20;
/** The client has connected and written its request by then. */
const WRITTEN_MS = 30;

const success = { errcode: 0, errmsg: "ok", groupId: 1560985325, access_token: issuedToken, expires_in: 7200 };
const successText = JSON.stringify(success);

interface Context extends WholeRequest {
  redirectUrl: string;
}

/** Runs when a request has arrived whole; or, under `beforeReading`, when its connection has come. */
type Fault = ((socket: Socket, context: Context) => unknown) | { beforeReading: (socket: Socket) => unknown };

const json = "content-type: application/json";

function head(status: number, ...headers: string[]): string {
  return [`HTTP/1.1 ${status} x`, ...headers, "", ""].join("\r\n");
}

function whole(body: string | Uint8Array, status = 200, ...headers: string[]): Buffer {
  const bytes = Buffer.from(body as string);
  const type = headers.some((each) => each.startsWith("content-type")) ? [] : [json];
  return Buffer.concat([Buffer.from(head(status, ...type, ...headers, `content-length: ${bytes.length}`)), bytes]);
}

const answer =
  (...args: Parameters<typeof whole>): Fault =>
  (socket) =>
    socket.write(whole(...args));

const failure = (errcode: number) => answer(JSON.stringify({ errcode, errmsg: "no" }));

/** 0xff is nowhere in UTF-8. */
function withBadByte(text: string, at: string): Buffer {
  const [before, after] = [text.slice(0, text.indexOf(at)), text.slice(text.indexOf(at) + at.length)];
  return Buffer.concat([Buffer.from(before), Buffer.of(0xff), Buffer.from(after)]);
}

async function drip(socket: Socket) {
  socket.write(head(200, json, `content-length: ${successText.length}`));
  for (const character of successText) {
    if (socket.destroyed) return;
    socket.write(character);
    await sleep(DRIP_MS);
  }
}

const zeros = Buffer.alloc(65_536);

async function flood(socket: Socket, headers: string[], frame = (chunk: Buffer) => chunk) {
  const chunk = frame(zeros);
  socket.write(head(200, json, ...headers));
  for (let sent = 0; sent < HUGE_BYTES && !socket.destroyed; sent += zeros.length)
    if (!socket.write(chunk)) await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => {});
  socket.end();
}

const toChunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);

/** Written a piece at a time: 200 MB in one piece would hide what the client takes. */
function makeBomb(): Promise<Buffer> {
  const gzip = createGzip({ level: 1 });
  const bomb = buffer(gzip);
  const write = (left: number): unknown =>
    left > 0 ? gzip.write(zeros, () => write(left - zeros.length)) : gzip.end();
  write(HUGE_BYTES);
  return bomb;
}

/** Quotes the request in each way that a server can have it: as it came, decoded, and encoded as a form. */
function quote(socket: Socket, { line }: Context) {
  const query = new URLSearchParams(line.slice(line.indexOf("?") + 1));
  const errmsg = `${line} ${[...query.values()].join(" ")} ${query} ${String(query).toLowerCase()}`;
  socket.write(whole(JSON.stringify({ errcode: 60011, errmsg, sub_code: errmsg, request_id: errmsg })));
}

const gzipped = gzipSync(successText);

const faults = {
  ok: answer(successText),
  "reset at once": { beforeReading: (socket) => socket.resetAndDestroy() },
  "reset before it is read": { beforeReading: (socket) => sleep(WRITTEN_MS).then(() => socket.resetAndDestroy()) },
  "reset after it was read": (socket) => socket.resetAndDestroy(),
  "closed after it was read": (socket) => socket.end(),
  stall: () => {},
  "slow body": drip,
  "cut body": (socket) => socket.end(`${head(200, json, "content-length: 999")}${successText}`),
  "cut chunked body": (socket) => socket.end(`${head(200, json, "transfer-encoding: chunked")}ff\r\n${successText}`),
  "chunked body without its end": (socket) =>
    socket.end(head(200, json, "transfer-encoding: chunked") + toChunk(Buffer.from(successText))),
  "wrong length": (socket) => socket.end(`${head(200, json, "content-length: 20")}${successText}`),
  "not HTTP": (socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n"),
  "html block page": answer("<html><title>405</title></html>", 200, "content-type: text/html"),
  status1111: answer(JSON.stringify({ status: 1111, wait: 5, source: "x5", punish: "deny", uuid: "u" })),
  "gzip bomb": answer(await makeBomb(), 200, "content-encoding: gzip"),
  "cut gzip": answer(gzipped.subarray(0, 30), 200, "content-encoding: gzip"),
  "no gzip, under its header": answer(successText, 200, "content-encoding: gzip"),
  "200 MB": (socket) => flood(socket, ["connection: close"]),
  "200 MB, chunked": (socket) => flood(socket, ["transfer-encoding: chunked"], toChunk),
  "200 MB, announced": (socket) => flood(socket, [`content-length: ${HUGE_BYTES}`]),
  "302": (socket, { redirectUrl }) => socket.write(whole("", 302, `location: ${redirectUrl}`)),
  "307": (socket, { redirectUrl }) => socket.write(whole("", 307, `location: ${redirectUrl}`)),
  "421": answer("{}", 421),
  "500": answer("{}", 500),
  "502": answer("<html>Bad Gateway</html>", 502, "content-type: text/html"),
  "503": answer("{}", 503),
  "empty body": answer(""),
  "bad UTF-8, and so no JSON": answer(withBadByte(successText, '"errmsg"')),
  "errcode -1": failure(-1),
  "errcode 60011": failure(60011),
  "errcode 40014": failure(40014),
  "errcode 90018": failure(90018),
  "errmsg that quotes the request": quote,
  BOM: answer(`\ufeff${successText}`),
  "bad UTF-8 in errmsg": answer(withBadByte(successText, "ok")),
  gzip: answer(gzipped, 200, "content-encoding: gzip"),
  brotli: answer(brotliCompressSync(successText), 200, "content-encoding: br"),
  "identity, named": answer(successText, 200, "content-encoding: identity"),
  "early hints": (socket) => socket.write(Buffer.concat([Buffer.from(head(103, "link: </x>")), whole(successText)])),
} satisfies Record<string, Fault>;

export const faultNames = Object.keys(faults) as FaultName[];

export async function startFaultServer(): Promise<FaultServer> {
  let queue: readonly FaultName[] = ["ok"];
  let begun = 0;
  let redirected = 0;
  const requests: WholeRequest[] = [];
  const sockets = new Set<Socket>();
  let last: Socket | undefined;

  const target = createServer((socket) => {
    redirected++;
    socket.destroy();
  });
  const redirectUrl = await listen(target);
  const server = createServer({ pauseOnConnect: true }, accept);
  const url = await listen(server);

  const upcoming = (): Fault => faults[queue[Math.min(begun, queue.length - 1)] as FaultName];

  function accept(socket: Socket) {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    const fault = upcoming();
    if (typeof fault === "object") {
      begun++;
      fault.beforeReading(socket);
    } else readRequests(socket);
  }

  function readRequests(socket: Socket) {
    let text = "";
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
      for (let taken = takeRequest(text); taken; taken = takeRequest(text)) {
        text = taken.rest;
        answerTo(socket, taken.request);
      }
    });
    socket.resume();
  }

  function answerTo(socket: Socket, request: WholeRequest) {
    requests.push(request);
    last = socket;
    const fault = upcoming();
    begun++;
    // A kept connection's next request has been read by the time that its fault is known.
    if (typeof fault === "object") fault.beforeReading(socket);
    else fault(socket, { ...request, redirectUrl });
  }

  function script(faults: readonly FaultName[]) {
    queue = faults;
    begun = 0;
    redirected = 0;
    requests.length = 0;
  }

  return {
    url,
    refusedUrl: await findClosedPort(),
    requests,
    get begun() {
      return begun;
    },
    get isFreed() {
      return last?.closed ?? false;
    },
    get redirected() {
      return redirected;
    },
    always: (fault) => script([fault]),
    script,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([server, target].map(end));
    },
  };
}

function takeRequest(text: string): { request: WholeRequest; rest: string } | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const bodyEnd = headEnd + 4 + Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (text.length < bodyEnd) return undefined;
  const line = (head.split("\r\n")[0] as string).replace(/ HTTP\/1.1$/, "");
  return { request: { line, body: text.slice(headEnd + 4, bodyEnd) }, rest: text.slice(bodyEnd) };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function end(server: Server) {
  server.close();
  await once(server, "close");
}

async function findClosedPort(): Promise<string> {
  const server = createServer();
  const url = await listen(server);
  await end(server);
  return url;
}
