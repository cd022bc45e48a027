import { describe, expect } from "vitest";
import { operations } from "./generated/api.ts";
import { test } from "./vitest.ts";

const url = `${operations.getToken?.path}?appkey=a&appsecret=b`;
let closed = "";

test("a test that names `mock` gets a new mock", async ({ mock }) => {
  closed = mock.url;
  mock.always("busy");
  expect(await (await fetch(mock.url + url)).json()).toMatchObject({ errcode: -1 });
});

test("the mock is closed after its test, and the next test gets another one", async ({ mock }) => {
  await expect(fetch(closed + url)).rejects.toThrow();
  expect(mock.requests).toEqual([]);
  expect(await (await fetch(mock.url + url)).json()).toMatchObject({ errcode: 0 });
});

describe("with options", () => {
  test.override({ mockOptions: { mode: "gateway" } });

  test("a group has its own options", async ({ mock }) => {
    expect((await fetch(`${mock.url}/nowhere`)).status).toBe(200);
  });
});
