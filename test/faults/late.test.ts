/** Calls in a process that was stopped or busy: an answer that has arrived counts, and the rate holds on the server's clock. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createClient, createLimiter } from "@dingrole/client";
import { startMock } from "@dingrole/mock";
import { expect, test, vi } from "vitest";

/** A program that makes 20 creates at once, and prints how many succeeded. */
const program = `
  import { createClient } from "ENTRY";
  const client = createClient({ accessToken: "a", baseUrl: process.argv[1], timeout: 2000, rate: false });
  const calls = Array.from({ length: 20 }, () => client.addRoleGroup({ name: "a" }));
  const settled = await Promise.allSettled(calls);
  console.log(JSON.stringify(settled.map(({ reason }) => reason?.message ?? "created")));
`;

test.each(["@dingrole/client", "@dingrole/client/node"])(
  "with %s, an answer that arrived while the process was stopped counts, although the timeout has passed",
  async (entry) => {
    const answers: (() => void)[] = [];
    const dingtalk = createServer((request, response) => {
      request.resume().on("end", () => answers.push(() => response.end('{"errcode":0,"groupId":7}')));
    }).listen(0, "127.0.0.1");
    await once(dingtalk, "listening");
    const url = `http://127.0.0.1:${(dingtalk.address() as AddressInfo).port}`;
    const args = ["--input-type=module", "--eval", program.replace("ENTRY", entry), url];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const printed = text(child.stdout);
    try {
      await vi.waitUntil(() => answers.length === 20, { timeout: 15_000, interval: 5 });
      child.kill("SIGSTOP"); // As Ctrl-Z does.
      for (const answer of answers) answer();
      await new Promise((resolve) => setTimeout(resolve, 2200));
      child.kill("SIGCONT");
      expect(JSON.parse(await printed)).toEqual(Array(20).fill("created"));
    } finally {
      child.kill("SIGKILL");
      dingtalk.closeAllConnections();
      dingtalk.close();
    }
  },
);

test("8 clients together stay within the rate in every second of the server's clock, even if the server stops and continues", async () => {
  const rate = 20;
  const arrivals: number[] = [];
  const dingtalk = createServer(async (request, response) => {
    arrivals.push(performance.now());
    request.resume();
    response.end('{"errcode":0,"groupId":7}');
  }).listen(0, "127.0.0.1");
  await once(dingtalk, "listening");
  const baseUrl = `http://127.0.0.1:${(dingtalk.address() as AddressInfo).port}`;
  const limiter = createLimiter(rate);
  const stops = [20, 900].map((time) =>
    setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500), time),
  );
  try {
    const clients = Array.from({ length: 8 }, () => createClient({ accessToken: "a", baseUrl, limiter }));
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => clients[index % 8]?.addRoleGroup({ name: String(index) })),
    );
  } finally {
    stops.forEach(clearTimeout);
    dingtalk.closeAllConnections();
    dingtalk.close();
  }
  expect(arrivals).toHaveLength(50);
  const busiest = Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1000).length));
  expect(busiest).toBeLessThanOrEqual(rate);
});

test("the mock, which counts as DingTalk does, refuses none of 50 simultaneous creates", async () => {
  await using mock = await startMock({ limits: true });
  const client = createClient({ accessToken: "a", baseUrl: mock.url });
  await Promise.all(Array.from({ length: 50 }, (_, index) => client.addRoleGroup({ name: String(index) })));
  expect(mock.requests).toHaveLength(50);
});
