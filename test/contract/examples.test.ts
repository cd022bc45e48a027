/** Calls every operation for each of its examples, by its method and by its path. */
import { ApiError, BlockedError, createClient } from "@dingrole/client";
import { createClient as createFetchClient } from "@dingrole/client/openapi-fetch";
import { type MockServer, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CalledOperation, operations, tokenParameter } from "./requests.ts";

let mock: MockServer;
beforeAll(async () => {
  mock = await startMock();
});
afterAll(() => mock.close());

/** The options of a client whose every call asks the mock for one example. */
const optionsFor = (example: string) => ({
  accessToken: "6d1bxxxx", // A string token: the client does not resend a call after a refused one.
  baseUrl: mock.url,
  retries: 0,
  rate: false as const,
  fetch: (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    request.headers.set("Prefer", `example=${example}`);
    return fetch(request);
  },
});

type Call = (operation: CalledOperation, example: string) => Promise<object>;

const byMethod: Call = ({ id, input }, example) => {
  const client = createClient(optionsFor(example)) as object as Record<string, (input: object) => Promise<object>>;
  return client[id]?.(input) as Promise<object>;
};

const byPath: Call = async ({ method, path, input, query, form }, example) => {
  const pick = (fields: object) =>
    Object.fromEntries(Object.entries(input).filter(([name]) => name in fields && name !== tokenParameter));
  const init = { params: { query: pick(query) }, ...(form && { body: pick(form) }) };
  const client = createFetchClient(optionsFor(example));
  const { data, response } = await client.request(method as never, path as never, init as never);
  const { errcode, errmsg, ...result } = data as { errcode: number; errmsg?: string };
  expect(response.status).toBe(200);
  return result;
};

test("the description has operations, and each has a success and failures", () => {
  expect(operations.length).toBeGreaterThanOrEqual(2);
  for (const { examples } of operations) {
    const errcodes = Object.values(examples).map(({ errcode }) => errcode);
    expect(errcodes.filter((errcode) => errcode === 0).length).toBeGreaterThanOrEqual(1);
    expect(errcodes.filter((errcode) => errcode !== 0).length).toBeGreaterThanOrEqual(1);
  }
});

describe.each<[string, Call]>([
  ["its method", byMethod],
  ["its path, with openapi-fetch's interface,", byPath],
])("called by %s", (_, call) => {
  describe.each(operations)("$id", (operation) => {
    const examples = Object.entries(operation.examples);

    test.each(examples.filter(([, { errcode }]) => errcode === 0))(
      "%s returns the fields of the answer",
      async (example, { errcode, errmsg, ...result }) => {
        expect(await call(operation, example)).toEqual(result);
      },
    );

    test.each(examples.filter(([, { errcode }]) => errcode))(
      "%s throws an ApiError with the real code",
      async (example, { errcode, sub_code, request_id }) => {
        const error = await call(operation, example).catch((error) => error);
        expect(error).toBeInstanceOf(ApiError);
        expect(error).toMatchObject({ operation: operation.id, errcode: Number(sub_code) || errcode });
        expect(error.subCode).toBe(sub_code);
        expect(error.requestId).toBe(request_id);
      },
    );

    test.each(examples.filter(([, { errcode }]) => errcode === undefined))(
      "%s throws a BlockedError, because it has no errcode",
      async (example) => {
        await expect(call(operation, example)).rejects.toBeInstanceOf(BlockedError);
      },
    );
  });
});
