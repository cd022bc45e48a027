import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { faultNames } from "./faults.ts";
import { operations } from "./generated/api.ts";
import openapi from "./generated/openapi.json" with { type: "json" };
import { type MockServer, startMock } from "./start-mock.ts";

test("the mock listens on loopback, on a free port, until it is closed", async () => {
  const mock = await startMock();
  expect(mock.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(`${mock.url}/gettoken?appkey=a&appsecret=b`)).status).toBe(200);
  await mock.close();
  await expect(fetch(`${mock.url}/gettoken?appkey=a&appsecret=b`)).rejects.toThrow();
});

test("`await using` closes it", async () => {
  let url: string;
  {
    await using mock = await startMock();
    url = mock.url;
  }
  await expect(fetch(url)).rejects.toThrow();
});

test("a busy port is an error that names the port and says what to do", async () => {
  await using mock = await startMock();
  const port = Number(new URL(mock.url).port);
  await expect(startMock({ port })).rejects.toThrow(
    `startMock: port ${port} on 127.0.0.1 is in use: pass another port, or 0 for any free port`,
  );
});

test("a host that cannot be listened on is an error that names it", async () => {
  await expect(startMock({ host: "203.0.113.7" })).rejects.toThrow("startMock: port 0 on 203.0.113.7 cannot be used");
});

test("an answer is the example of the description, and `Prefer` chooses another one", async () => {
  await using mock = await startMock();
  const { issued, wrongCredentials } = openapi.components.examples;
  const get = async (headers = {}) => (await fetch(`${mock.url}/gettoken?appkey=a&appsecret=b`, { headers })).json();
  expect(await get()).toEqual(issued.value);
  expect(await get({ Prefer: "example=wrongCredentials" })).toEqual(wrongCredentials.value);
});

test.each(["x", -1, 65_536, 1.5])("the port %s is an error that names the option", async (port) => {
  await expect(startMock({ port: port as number })).rejects.toThrow(
    `startMock: port must be a whole number from 0 to 65535, not ${port}`,
  );
});

test("a second close does nothing", async () => {
  const mock = await startMock();
  await Promise.all([mock.close(), mock.close()]);
  await mock.close();
});

describe("no input ends the mock", () => {
  const path = operations.addRoleGroup?.path;
  let mock: MockServer;
  beforeAll(async () => {
    mock = await startMock();
  });
  afterAll(() => mock.close());

  /** After each input, the mock must serve the next request. */
  afterEach(async () => {
    expect((await fetch(`${mock.url}/gettoken?appkey=a&appsecret=b`)).status).toBe(200);
  });

  /** Sends bytes, and reads the answer until the connection ends or `patience` is over. */
  async function sendRaw(bytes: string | Buffer, patience = 300): Promise<string> {
    let answer = "";
    const socket = connect(Number(new URL(mock.url).port), "127.0.0.1", () => socket.write(bytes));
    socket
      .on("error", () => {})
      .on("data", (chunk) => {
        answer += chunk;
      });
    setTimeout(() => socket.destroy(), patience);
    await once(socket, "close");
    return answer;
  }

  const head = `POST ${path}?access_token=t HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n`;

  test("random bytes", async () => {
    for (let count = 0; count < 50; count++) await sendRaw(randomBytes(1 + count * 40), 20);
    expect(await sendRaw("\u0000\u0001\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 .*NOT_HTTP.*Parse Error/s);
  });

  test("huge headers", async () => {
    const answer = await sendRaw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(100_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 .*Header overflow/s);
  });

  test("an invalid URL", async () => {
    for (const url of ["//", "/%", "/@%zz/x", "/@/", "*", "http://[", "/\\..", "/?%zz=%zz&%"])
      expect(await sendRaw(`GET ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 4\d\d /,
      );
  });

  test("a body of 10 MB, and a larger one", async () => {
    const send = (size: number) =>
      fetch(`${mock.url}${path}?access_token=t`, {
        method: "POST",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: `name=${"x".repeat(size - 5)}`,
      });
    expect((await send(10_000_000)).status).toBe(200);
    const response = await send(10_000_001);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ detail: "The body must be at most 10000000 bytes" });
  });

  test("many unfinished bodies: their total size is limited, and a small body is read", async () => {
    const port = Number(new URL(mock.url).port);
    const piece = Buffer.alloc(4_000_000, "x");
    let answers = "";
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {}).on("data", (chunk) => (answers += chunk));
      socket.write(`${head}Content-Length: 9000000\r\n\r\n`);
      socket.write(piece);
      return socket;
    });
    await expect.poll(() => answers.match(/HTTP\/1\.1 503 /g)?.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(8);
    expect(answers).toContain("All unfinished bodies together must be at most 50000000 bytes");
    const body = new URLSearchParams({ name: "制造部" });
    expect((await fetch(`${mock.url}${path}?access_token=t`, { method: "POST", body })).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  test("uploads that are aborted", async () => {
    for (let count = 0; count < 20; count++) await sendRaw(`${head}Content-Length: 100\r\n\r\nname=`, 10);
    for (let count = 0; count < 20; count++) await sendRaw(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nna`, 10);
    expect(await sendRaw(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a wrong length, CONNECT, an upgrade, HTTP/1.0", async () => {
    expect(await sendRaw(`${head}Content-Length: x\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    await sendRaw("CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n");
    await sendRaw("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 50);
    expect(await sendRaw("GET / HTTP/1.0\r\n\r\n")).toMatch(/^HTTP\/1\.1 404 /);
  });

  test("1,000 open sockets", async () => {
    const port = Number(new URL(mock.url).port);
    const sockets = Array.from({ length: 1000 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    await expect.poll(() => mock.connections.open, { timeout: 15_000 }).toBeGreaterThanOrEqual(1000);
    expect((await fetch(`${mock.url}/gettoken?appkey=a&appsecret=b`)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => mock.connections.open, { timeout: 15_000 }).toBeLessThan(10);
  });
});

describe("on a reused connection", () => {
  test.each(["slowBody", "wrongLength", "stall", "oversizedChunkedBody", "cutBody"] as const)(
    "after %s, the next request needs another connection: answers are not mixed, and the mock keeps running",
    async (scenario) => {
      await using mock = await startMock();
      const url = `${mock.url}/gettoken?appkey=a&appsecret=b`;
      mock.next(scenario);
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const first = get(url, { agent }).on("error", () => {});
      first.on("response", (response) => response.on("error", () => {}).resume());
      await expect.poll(() => mock.requests.length).toBe(1);
      const socket = first.socket as Socket;
      // A second request on the same connection, which a client would not send.
      if (!socket.destroyed) socket.write("GET /gettoken?appkey=a&appsecret=b HTTP/1.1\r\nHost: x\r\n\r\n");
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(mock.requests, "the second request is not read").toHaveLength(1);
      agent.destroy();
      expect(await (await fetch(url)).json()).toMatchObject({ errcode: 0 });
    },
  );

  test("pipelined requests are answered in order, even if a later one is ready first", async () => {
    await using mock = await startMock();
    mock.next("latency:100", "busy", "wrongCredentials");
    const socket = connect(Number(new URL(mock.url).port), "127.0.0.1");
    let answers = "";
    socket.on("data", (chunk) => {
      answers += chunk;
    });
    for (let count = 0; count < 3; count++)
      socket.write("GET /gettoken?appkey=a&appsecret=b HTTP/1.1\r\nHost: x\r\n\r\n");
    await expect
      .poll(() => [...answers.matchAll(/"errcode":(-?\d+)/g)].map(([, code]) => code))
      .toEqual(["0", "-1", "40096"]);
    socket.destroy();
  });
});

test.each(["", null, 5])("the host %j is an error: it would listen on every address of the machine", async (host) => {
  await expect(startMock({ host: host as string })).rejects.toThrow("startMock: host must be an address");
});

test("the mock closes within a second, with any calls open", async () => {
  const mock = await startMock();
  const port = Number(new URL(mock.url).port);
  const idle = Array.from({ length: 50 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  const url = `${mock.url}/gettoken?appkey=a&appsecret=b`;
  const waiting = (["stall", "slowBody", "latency:60000"] as const).map((scenario) => {
    mock.next(scenario);
    return fetch(url).then((response) => response.text());
  });
  const settled = Promise.allSettled(waiting);
  await expect.poll(() => mock.requests.length).toBe(3);
  const start = performance.now();
  await mock.close();
  expect(performance.now() - start).toBeLessThan(1000);
  expect((await settled).map(({ status }) => status)).toEqual(Array(3).fill("rejected"));
  for (const socket of idle) socket.destroy();
});

test("64 connections at once, with mixed faults: each gets its own answer", async () => {
  await using mock = await startMock();
  const scenarios = [
    "issued",
    "busy",
    "wrongCredentials",
    "resetAfterRead",
    "cutBody",
    "slowBody",
    "status:503",
  ] as const;
  const calls = Array.from({ length: 64 * 5 }, async (_, index) => {
    const scenario = scenarios[index % scenarios.length] as (typeof scenarios)[number];
    const response = await fetch(`${mock.url}/@${scenario}/gettoken?appkey=${index}&appsecret=b`).catch(
      () => undefined,
    );
    const body = await response?.text().catch(() => undefined);
    return [scenario, response?.status, body] as const;
  });
  for (const [scenario, status, body] of await Promise.all(calls)) {
    const { value } = operations.getToken?.examples[scenario === "slowBody" ? "issued" : scenario] ?? {};
    if (value) expect([status, JSON.parse(body ?? "null")]).toEqual([200, value]);
    else
      expect([status, body]).toEqual([
        { resetAfterRead: undefined, cutBody: 200, "status:503": 503 }[scenario as never],
        scenario === "status:503" ? "{}" : undefined,
      ]);
  }
  const recorded = mock.requests.map(({ query, scenario }) => [Number(query.appkey), scenario] as const);
  expect(recorded.length).toBe(calls.length);
  for (const [index, scenario] of recorded) expect(scenario).toBe(scenarios[index % scenarios.length]);
});

test("the README of the package explains every fault", () => {
  const page = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(faultNames.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
