import { describe, expect } from "vitest";
import { operations } from "./generated/api.ts";
import { test } from "./vitest.ts";

const url = `${operations.getToken?.path}?appkey=a&appsecret=b`;
let closed = "";

test("a test that names it has a mock of its own", async ({ mock }) => {
  closed = mock.url;
  mock.always("busy");
  expect(await (await fetch(mock.url + url)).json()).toMatchObject({ errcode: -1 });
});

test("which is closed after it, and the next test's knows nothing of it", async ({ mock }) => {
  await expect(fetch(closed + url)).rejects.toThrow();
  expect(mock.requests).toEqual([]);
  expect(await (await fetch(mock.url + url)).json()).toMatchObject({ errcode: 0 });
});

describe("with options", () => {
  test.override({ mockOptions: { mode: "gateway" } });

  test("a group has its own", async ({ mock }) => {
    expect((await fetch(`${mock.url}/nowhere`)).status).toBe(200);
  });
});
