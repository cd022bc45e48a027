import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { operations } from "./generated/api.ts";
import { createMock, type FaultName, type Mock } from "./index.ts";

const path = operations.addRoleGroup?.path;
const url = `http://mock${path}?access_token=t`;
const form = "application/x-www-form-urlencoded;charset=utf-8";
const success = operations.addRoleGroup?.examples.created?.value;

const call = (mock: Mock, init: RequestInit = {}) =>
  mock.fetch(url, { method: "POST", headers: { "Content-Type": form }, body: "name=v", ...init });

describe("the mock's fetch accepts every kind of argument", () => {
  test.each<[string, (mock: Mock) => Promise<Response>]>([
    ["a URL", (mock) => mock.fetch(new URL(url), { method: "POST", body: new URLSearchParams({ name: "v" }) })],
    ["a Request", (mock) => mock.fetch(new Request(url, { method: "POST", body: new URLSearchParams({ name: "v" }) }))],
    ["Headers", (mock) => call(mock, { headers: new Headers({ "Content-Type": form }) })],
    ["pairs", (mock) => call(mock, { headers: [["Content-Type", form]] })],
    ["bytes", (mock) => call(mock, { body: Buffer.from("name=v") })],
    ["a method in small letters", (mock) => call(mock, { method: "post" })],
  ])("%s", async (_, send) => {
    const mock = await createMock();
    const response = await send(mock);
    expect(await response.json()).toEqual(success);
    expect(mock.requests).toMatchObject([{ operation: "addRoleGroup", form: { name: "v" } }]);
  });

  test("a string body without a type is text, as in fetch, and not a form", async () => {
    const mock = await createMock();
    expect((await call(mock, { headers: {} })).status).toBe(415);
  });
});

describe("a signal", () => {
  test.each(["stall", "slowBody", "latency:60000"] as const)("ends %s with its reason", async (scenario) => {
    const mock = await createMock();
    mock.next(scenario);
    const controller = new AbortController();
    const settled = call(mock, { signal: controller.signal }).then((response) => response.text());
    setTimeout(() => controller.abort(new Error("enough")), 30);
    await expect(settled).rejects.toThrow(/enough|aborted/);
  });

  test("that is already aborted sends nothing", async () => {
    const mock = await createMock();
    await expect(call(mock, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    expect(mock.requests).toEqual([]);
  });
});

/** A fault as the caller of `fetch` sees it: the status and the text, or the code of the error. */
async function outcomeOf(mock: Mock, fault: FaultName): Promise<string> {
  mock.next(fault);
  try {
    const response = await call(mock);
    return `${response.status} ${await response.text()}`;
  } catch (error) {
    return String(((error as Error).cause as NodeJS.ErrnoException)?.code ?? (error as NodeJS.ErrnoException).code);
  }
}

test.each<[FaultName, string]>([
  ["resetAtOnce", "ECONNRESET"],
  ["resetBeforeRead", "ECONNRESET"],
  ["resetAfterRead", "ECONNRESET"],
  ["closeAfterRead", "ECONNRESET"],
  ["cutBody", "ECONNRESET"],
  ["cutChunkedBody", "ECONNRESET"],
  ["unendedChunkedBody", "ECONNRESET"],
  ["notHttp", "HPE_INVALID_CONSTANT"],
  ["falseGzip", "Z_DATA_ERROR"],
  ["wrongLength", `200 ${JSON.stringify(success).slice(0, 20)}`],
  ["emptyBody", "200 "],
  ["gzip", `200 ${JSON.stringify(success)}`],
  ["brotli", `200 ${JSON.stringify(success)}`],
  ["identity", `200 ${JSON.stringify(success)}`],
  ["earlyHints", `200 ${JSON.stringify(success)}`],
  ["badGateway", "502 <html>Bad Gateway</html>"],
])("%s is %j", async (fault, outcome) => {
  expect(await outcomeOf(await createMock(), fault)).toBe(outcome);
});

test("a body that is cut off is a TypeError, as in fetch", async () => {
  const mock = await createMock();
  mock.next("cutBody");
  await expect((await call(mock)).text()).rejects.toThrow(new TypeError("terminated"));
});

test("a redirect is followed, refused or returned, as `redirect` says", async () => {
  const mock = await createMock();
  mock.next("status:302", "status:302", "status:302");
  expect((await call(mock, { redirect: "manual" })).status).toBe(302);
  await expect(call(mock, { redirect: "error" })).rejects.toThrow("fetch failed");
  expect((await call(mock)).status).toBe(404);
  expect(mock.requests.map(({ path }) => path)).toEqual([path, path, path, "/redirected"]);
});

test.each([300, 304] as const)("the status %i is not a redirect that fetch follows", async (status) => {
  const mock = await createMock();
  mock.next(`status:${status}`);
  expect((await call(mock)).status).toBe(status);
});

test("the timer of a latency ends with an aborted call", async () => {
  const mock = await createMock();
  mock.next("latency:60000");
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
  const before = timers();
  await expect(call(mock, { signal: AbortSignal.timeout(20) })).rejects.toThrow();
  await expect.poll(timers, { timeout: 1000 }).toBeLessThanOrEqual(before);
});

test("the gzip bomb has less than 300 kB, and expands to 200 MB", async () => {
  const mock = await createMock();
  mock.next("gzipBomb");
  const response = await call(mock);
  let size = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) size += chunk.length;
  expect(size).toBe(200_000_000);
  expect(gzipSync(Buffer.alloc(1_000_000)).length * 200).toBeLessThan(300_000);
});
