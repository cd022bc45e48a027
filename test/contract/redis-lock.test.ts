/** `ensureRoleGroup` with a lock in a real Redis, of Debian's package redis-server. Two clients stand for two machines. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { type ClientOptions, createClient } from "@dingrole/client";
import { ensureRoleGroup, LockError } from "@dingrole/client/ensure";
import { createMock, type Scenario } from "@dingrole/mock";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run, start } from "../run.ts";
import { redisLock } from "./redis-lock.ts";

const isThere = await run("redis-server", ["--version"]).then(Boolean, () => false);
const folder = mkdtempSync(join(tmpdir(), "redis-"));
const socket = join(folder, "socket");
let server: Awaited<ReturnType<typeof start>> | undefined;

beforeAll(async () => {
  if (process.env.REDIS_REQUIRED === "1") expect(isThere, "REDIS_REQUIRED=1 needs redis-server").toBe(true);
  const options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder];
  if (isThere) server = await start("redis-server", options, /ready to accept/i);
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** Sends commands to Redis, one after the other, and reads its answers of one line. */
function connectToRedis() {
  const connection = connect(socket).on("error", () => {});
  const reader = createInterface({ input: connection });
  connection.on("close", () => reader.close());
  const lines = reader[Symbol.asyncIterator]();
  const nextLine = async () => {
    const { value } = await lines.next();
    if (value === undefined || value.startsWith("-")) throw new Error(value ?? "closed");
    return value as string;
  };
  let last: Promise<unknown> = Promise.resolve();
  const send = (command: string[]): Promise<unknown> => {
    const bulks = command.map((each) => `$${Buffer.byteLength(each)}\r\n${each}\r\n`);
    const exchange = async () => {
      connection.write(`*${command.length}\r\n${bulks.join("")}`);
      const line = await nextLine();
      if (!line.startsWith("$")) return line.slice(1);
      return line === "$-1" ? null : nextLine();
    };
    last = last.then(exchange, exchange);
    return last;
  };
  return { send, close: () => connection.destroy() };
}

/** An organization, and what came of a call on each of some machines at once. */
async function organizationOf(...scenarios: Scenario[]) {
  const mock = await createMock({ memory: { organization: {} } });
  if (scenarios.length > 0) mock.next(...scenarios);
  const redis = connectToRedis();
  await redis.send(["FLUSHALL"]);
  const ensure = (lock = redisLock(redis.send), options: Partial<ClientOptions> = {}) => {
    const client = createClient({ ...mock.clientOptions, rate: false, retries: 0, ...options } as ClientOptions);
    return ensureRoleGroup(client, { name: "制造部" }, { lock, pause: 10, deadline: 1000 });
  };
  const creates = () => mock.requests.filter(({ operation }) => operation === "addRoleGroup").length;
  return { mock, redis, ensure, creates };
}

const key = "dingrole:addRoleGroup:制造部";

test("the guide has the lock of this test", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/create-once.md"), "utf8");
  expect(guide).toContain(readFileSync(join(import.meta.dirname, "redis-lock.ts"), "utf8"));
});

test.runIf(isThere)("ten machines at once make one role group with the lock, and more without it", async () => {
  const { redis, ensure, creates } = await organizationOf();
  const results = await Promise.all(Array.from({ length: 10 }, () => ensure()));
  expect(results.map(({ status }) => status).toSorted()).toEqual(["created", ...Array(9).fill("existed")]);
  expect(new Set(results.map(({ groupId }) => groupId)).size).toBe(1);
  expect(creates()).toBe(1);
  expect(await redis.send(["GET", key])).toBeNull();
  const without = await organizationOf();
  const noLock = { acquire: async () => ({ key, id: "a" }), release() {}, isHeld: async () => true };
  await Promise.all(Array.from({ length: 10 }, () => without.ensure(noLock).catch(() => {})));
  expect(without.creates()).toBeGreaterThan(1);
});

test.runIf(isThere)(
  "a machine that waits for the lock finds what another has created, although the answer was lost",
  async () => {
    const { ensure, creates } = await organizationOf("addRoleGroup:commit:resetAfterRead");
    const results = await Promise.all([ensure(), ensure(), ensure()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["existed", "existed", "recovered"]);
    expect(creates()).toBe(1);
  },
);

test.runIf(isThere)("the lock of a dead process ends with its own lifetime", async () => {
  const { redis, ensure } = await organizationOf();
  await redisLock(redis.send).acquire(key, 300, new AbortController().signal);
  const began = performance.now();
  expect(await ensure()).toMatchObject({ status: "created" });
  expect(performance.now() - began).toBeGreaterThan(250);
});

test.runIf(isThere)("nothing is created if another process has the lock by now, and its lock stays", async () => {
  const { mock, redis, ensure, creates } = await organizationOf();
  const { fetch } = mock.clientOptions as { fetch: typeof globalThis.fetch };
  const stealing: typeof globalThis.fetch = async (...args) => {
    await redis.send(["SET", key, "other"]);
    return fetch(...args);
  };
  const error = await ensure(undefined, { fetch: stealing }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(LockError);
  expect(error).toMatchObject({ outcome: "not-executed", message: "addRoleGroup: the lock was lost" });
  expect(creates()).toBe(0);
  expect(await redis.send(["GET", key])).toBe("other");
});

test.runIf(isThere)(
  "nothing is sent if Redis is not reachable, or does not give the lock until the deadline",
  async () => {
    const { mock, redis, ensure } = await organizationOf();
    await redis.send(["SET", key, "other"]);
    expect(await ensure().catch((error) => error)).toMatchObject({ name: "TimeoutError", outcome: "not-executed" });
    const { send, close } = connectToRedis();
    const pending = ensure(redisLock(send)).catch((error) => error);
    await setTimeout(20);
    close();
    expect(await pending).toMatchObject({ name: "LockError", cause: expect.any(Error), outcome: "not-executed" });
    expect(mock.requests).toEqual([]);
  },
);
