import { expect, test } from "vitest";
import openapi from "./generated/openapi.json" with { type: "json" };
import { startMock } from "./start-mock.ts";

test("it listens on loopback, on a port of its own, until it is closed", async () => {
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

test("a busy port is an error that names the port and the way out", async () => {
  await using mock = await startMock();
  const port = Number(new URL(mock.url).port);
  await expect(startMock({ port })).rejects.toThrow(
    `startMock: port ${port} on 127.0.0.1 is in use: pass another, or 0 for any free one`,
  );
});

test("a host that cannot be listened on is an error that names it", async () => {
  await expect(startMock({ host: "203.0.113.7" })).rejects.toThrow("startMock: port 0 on 203.0.113.7 cannot be used");
});

test("an answer is the description's own example, and `Prefer` picks another", async () => {
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

test("closing it twice is closing it once", async () => {
  const mock = await startMock();
  await Promise.all([mock.close(), mock.close()]);
  await mock.close();
});
