import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createClient } from "./node.ts";

/** The hooks of a handler in undici's major versions. */
interface Handler {
  onHeaders(status: number, raw: Buffer[]): void;
  onResponseStart(controller: object, status: number, headers: Record<string, string>): void;
  onData(chunk: Buffer): void;
  onComplete(): void;
}

const created = '{"errcode":0,"groupId":1560985325,"errmsg":"ok"}';

let server: Server | undefined;
afterEach(() => {
  vi.useRealTimers();
  server?.closeAllConnections();
  server?.close();
});

/** A client on Node's dispatcher against a server for one test, with the requests that the server got. */
async function clientOf(listener: RequestListener, options = {}) {
  const bodies: string[] = [];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      bodies.push(`${request.method} ${request.url} ${request.headers["content-type"]} ${body}`);
      listener(request, response);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: createClient({ accessToken: "t", baseUrl, ...options }), bodies, baseUrl };
}

const answer =
  (body: string, headers = {}): RequestListener =>
  (_, response) =>
    response.writeHead(200, { "Content-Type": "application/json", ...headers }).end(body);

describe("the client on Node's dispatcher", () => {
  test("sends the request of the documentation", async () => {
    const { client, bodies } = await clientOf(answer(created));
    expect(await client.addRoleGroup({ name: "名称" })).toEqual({ groupId: 1560985325 });
    expect(bodies).toEqual([
      "POST /role/add_role_group?access_token=t application/x-www-form-urlencoded;charset=utf-8 name=%E5%90%8D%E7%A7%B0",
    ]);
  });

  test("withResponse returns the status and the headers, with repeated ones", async () => {
    const { client } = await clientOf(answer(created, { "Set-Cookie": ["a=1", "b=2"], "X-Trace": "7" }));
    const { status, headers } = await client.addRoleGroup({ name: "a" }, { withResponse: true });
    expect(status).toBe(200);
    expect(headers.get("x-trace")).toBe("7");
    expect(headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("uses only the dispatcher that is passed", async () => {
    const origins: string[] = [];
    const dispatcher = {
      dispatch(options: { origin: string }, handler: { onResponseError(controller: unknown, error: Error): void }) {
        origins.push(options.origin);
        handler.onResponseError(undefined, Object.assign(new Error("no"), { code: "ECONNREFUSED" }));
        return true;
      },
    };
    const { client, bodies, baseUrl } = await clientOf(answer(created), { dispatcher, retries: 0 });
    await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({
      name: "NetworkError",
      outcome: "not-executed",
    });
    expect(origins).toEqual([baseUrl]);
    expect(bodies).toEqual([]);
  });

  test("resends a create if no connection was made within the timeout", async () => {
    vi.useFakeTimers();
    const handlers: Handler[] = [];
    const dispatcher = { dispatch: (_: object, handler: Handler) => handlers.push(handler) > 0 };
    const call = createClient({ accessToken: "t", dispatcher }).addRoleGroup({ name: "a" });
    await vi.advanceTimersByTimeAsync(14_000);
    expect(handlers).toHaveLength(2);
    handlers[1]?.onResponseStart({}, 200, {});
    handlers[1]?.onData(Buffer.from(created));
    handlers[1]?.onComplete();
    expect(await call).toEqual({ groupId: 1560985325 });
  });

  test("uses a fetch that is passed", async () => {
    const { client, bodies } = await clientOf(answer(created), {
      fetch: async () => Response.json(JSON.parse(created)),
    });
    expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
    expect(bodies).toEqual([]);
  });

  test.each([
    [{ dispatcher: {} }, "createClient: dispatcher must be an undici Dispatcher"],
    [{ dispatcher: { dispatch() {} }, fetch }, "createClient: pass dispatcher or fetch, not both"],
    [{ accessToken: undefined }, "createClient: pass accessToken alone"],
  ])("%j is a TypeError that names the option", (options, message) => {
    expect(() => createClient({ accessToken: "t", ...options } as never)).toThrow(message);
  });

  test("does not follow a redirect", async () => {
    const { client, bodies } = await clientOf((_, response) =>
      response.writeHead(302, { Location: "/elsewhere" }).end(),
    );
    await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({ name: "HttpError", status: 302 });
    expect(bodies).toHaveLength(1);
  });

  test.each(["timeout", "signal"])("releases the connection when the %s ends the call", async (kind) => {
    let closed = 0;
    const { client } = await clientOf((request) => request.socket.once("close", () => closed++));
    const controller = new AbortController();
    const call = client.addRoleGroup(
      { name: "a" },
      kind === "timeout" ? { timeout: 50 } : { signal: controller.signal },
    );
    setTimeout(() => controller.abort(), 50);
    await expect(call).rejects.toMatchObject({
      name: kind === "timeout" ? "TimeoutError" : "AbortError",
      outcome: "unknown",
    });
    await expect.poll(() => closed).toBe(1);
  });

  test.each([
    [
      "of Node 20, unchanged",
      (handler: Handler) =>
        handler.onHeaders(
          200,
          [
            ["X-Note", "é"],
            ["constructor", "a"],
            ["X Y", "b"],
          ]
            .flat()
            .map((each) => Buffer.from(each, "latin1")),
        ),
    ],
    [
      "of an interceptor",
      (handler: Handler) =>
        handler.onResponseStart({}, 200, {
          "x-note": "é",
          constructor: "a",
          "x y": "b",
          "x-lines": "a\nb",
          "x-far": "制",
        }),
    ],
  ])("an answer with unusual headers %s is a success, without the headers that Headers refuses", async (_, begin) => {
    const dispatcher = {
      dispatch(_: object, handler: Handler) {
        begin(handler);
        handler.onData(Buffer.from(created));
        handler.onComplete();
        return true;
      },
    };
    const client = createClient({ accessToken: "t", dispatcher });
    const { result, headers } = await client.addRoleGroup({ name: "a" }, { withResponse: true });
    expect(result).toEqual({ groupId: 1560985325 });
    expect([...headers]).toEqual([
      ["constructor", "a"],
      ["x-note", "é"],
    ]);
  });

  test.each([Infinity, 2 ** 53])(
    "a maxResponseSize of %d does not limit an answer, even a compressed one",
    async (maxResponseSize) => {
      const listener: RequestListener = (_, response) =>
        response.writeHead(200, { "Content-Encoding": "gzip" }).end(gzipSync(created));
      const { client } = await clientOf(listener, { maxResponseSize });
      expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
    },
  );

  test("no options is a TypeError that says what is missing", () => {
    for (const options of [undefined, null])
      expect(() => createClient(options as never)).toThrow("createClient: pass accessToken alone");
  });

  test("reads no more than maxResponseSize", async () => {
    const { client } = await clientOf(answer(" ".repeat(100_000)), { maxResponseSize: 1000 });
    await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({
      name: "ResponseError",
      outcome: "unknown",
      message: "addRoleGroup: the answer is larger than 1000 bytes",
    });
  });
});
