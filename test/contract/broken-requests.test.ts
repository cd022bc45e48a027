import { type MockServer, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CalledOperation, operations, tokenParameter } from "./requests.ts";

let mock: MockServer;
beforeAll(async () => {
  mock = await startMock();
});
afterAll(() => mock.close());

const formType = "application/x-www-form-urlencoded;charset=utf-8";

interface Request {
  method: string;
  path: string;
  query: Record<string, string>;
  contentType?: string;
  body?: string;
}

function wellFormed({ method, path, query, form }: CalledOperation): Request {
  return { method, path, query, ...(form && { contentType: formType, body: String(new URLSearchParams(form)) }) };
}

async function statusOf({ method, path, query, contentType, body }: Request): Promise<number> {
  const headers = contentType ? { "Content-Type": contentType } : {};
  const response = await fetch(`${mock.url}${path}?${new URLSearchParams(query)}`, {
    method,
    headers,
    body: body ?? null,
  });
  await response.text();
  return response.status;
}

function without<Value>(record: Record<string, Value>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

describe.each(operations)("$id", (operation) => {
  const request = wellFormed(operation);
  const form = operation.form ?? {};

  test("a valid request is answered", async () => {
    expect(await statusOf(request)).toBe(200);
  });

  test("another method is refused", async () => {
    expect(await statusOf({ ...request, method: request.method === "GET" ? "DELETE" : "PUT" })).toBe(405);
  });

  test("another path is refused", async () => {
    expect(await statusOf({ ...request, path: `${request.path}s` })).toBe(404);
  });

  test.each(operation.required.filter((name) => name in request.query))(
    "no %s in the query is refused",
    async (name) => {
      expect(await statusOf({ ...request, query: without(request.query, name) })).toBe(422);
    },
  );

  test.each(operation.nonEmpty.filter((name) => name in request.query))("an empty %s is refused", async (name) => {
    expect(await statusOf({ ...request, query: { ...request.query, [name]: "" } })).toBe(422);
  });

  if (tokenParameter in request.query)
    test("no token is refused", async () => {
      expect(await statusOf({ ...request, query: without(request.query, tokenParameter) })).toBe(401);
    });

  if (operation.form && tokenParameter in request.query)
    test("a token in the body is refused: the description has it in the query", async () => {
      const body = String(new URLSearchParams({ ...form, ...request.query }));
      expect(await statusOf({ ...request, query: {}, body })).toBe(401);
    });

  if (operation.form)
    test("a JSON body is refused: the description has a form", async () => {
      expect(await statusOf({ ...request, contentType: "application/json", body: JSON.stringify(form) })).toBe(415);
    });

  test.each(operation.required.filter((name) => name in form))("no %s in the body is refused", async (name) => {
    expect(await statusOf({ ...request, body: String(new URLSearchParams(without(form, name))) })).toBe(422);
  });

  test.each(operation.nonEmpty.filter((name) => name in form))("an empty %s is refused", async (name) => {
    expect(await statusOf({ ...request, body: String(new URLSearchParams({ ...form, [name]: "" })) })).toBe(422);
  });
});
