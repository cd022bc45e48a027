import { ApiError, BlockedError, type Client, createClient } from "@dingrole/client";
import { type MockServer, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operations } from "./requests.ts";

let mock: MockServer;
beforeAll(async () => {
  mock = await startMock();
});
afterAll(() => mock.close());

/** A client whose every call asks the mock for one example. */
function clientFor(example: string) {
  return createClient({
    accessToken: "6d1bxxxx", // A string: it is not sent again when it is refused.
    baseUrl: mock.url,
    retries: 0,
    rate: false,
    fetch: (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set("Prefer", `example=${example}`);
      return fetch(url, { ...init, headers });
    },
  });
}

describe.each(operations)("$id", ({ id, input, examples }) => {
  const call = (client: Client) => {
    const method = client[id as keyof Client] as (input: object) => Promise<object>;
    return method(input);
  };

  test.each(Object.entries(examples).filter(([, { errcode }]) => errcode === 0))(
    "%s returns the answer's fields",
    async (example, { errcode, errmsg, ...result }) => {
      expect(await call(clientFor(example))).toEqual(result);
    },
  );

  test.each(Object.entries(examples).filter(([, { errcode }]) => errcode))(
    "%s throws an ApiError with the code that says what happened",
    async (example, { errcode, sub_code, request_id }) => {
      const error = await call(clientFor(example)).catch((error) => error);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ operation: id, errcode: Number(sub_code) || errcode });
      expect(error.subCode).toBe(sub_code);
      expect(error.requestId).toBe(request_id);
    },
  );

  test.each(Object.entries(examples).filter(([, { errcode }]) => errcode === undefined))(
    "%s throws a BlockedError: it has no errcode",
    async (example) => {
      await expect(call(clientFor(example))).rejects.toBeInstanceOf(BlockedError);
    },
  );
});
