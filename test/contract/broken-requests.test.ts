/** Every kind of broken request is refused: by the client, which sends nothing, and by the mock in strict mode. */
import { InputError } from "@dingrole/client";
import { createMock, type Mock } from "@dingrole/mock";
import type { Input } from "@dingrole/spec";
import { beforeAll, describe, expect, test } from "vitest";
import { entries } from "./entries.ts";
import { breakInput, breakTexts, inputFaultsOf } from "./faults.ts";
import { type CalledOperation, operations, tokenParameter } from "./requests.ts";

let mock: Mock;
beforeAll(async () => {
  mock = await createMock();
});

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
  const url = `${mock.clientOptions.baseUrl}${path}?${new URLSearchParams(query)}`;
  return (await mock.fetch(url, { method, headers, body: body ?? null })).status;
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

  const faults = [...operation.queryFields, ...operation.formFields].flatMap(inputFaultsOf);

  test.each(faults.filter(({ text }) => text !== undefined))("$title is refused", async (fault) => {
    expect(await statusOf(wellFormed(breakTexts(operation, fault)))).toBe(422);
  });

  describe.each(entries)("the client, called by %s", (_, call) => {
    const errorOf = async (input: Input) => {
      const send = () => expect.unreachable("a broken request must not be sent");
      return call(operation, input, send).catch((error) => error);
    };

    test.each(faults.filter(({ isRange }) => !isRange))(
      "$title is an InputError that names the field",
      async (fault) => {
        const error = await errorOf(breakInput(operation.input, fault));
        expect(error).toBeInstanceOf(InputError);
        expect(error).toMatchObject({ operation: operation.id, outcome: "not-executed" });
        expect(error.message.startsWith(`${operation.id}: ${fault.field}`), error.message).toBe(true);
      },
    );

    test.each(["more", "__proto__", "constructor", ...faults.slice(0, 1).map(({ field }) => field.toUpperCase())])(
      "an unknown field %s is an InputError that names it",
      async (name) => {
        const error = await errorOf(Object.fromEntries([...Object.entries(operation.input), [name, "a"]]));
        expect(error).toBeInstanceOf(InputError);
        expect(error.message).toMatch(new RegExp(`unknown field (\\S+\\.)?${name}: expected`));
      },
    );
  });
});
