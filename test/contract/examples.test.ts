/** Calls every operation for each of its inputs and its examples, by its method and by its path. */
import { ApiError, BlockedError } from "@dingrole/client";
import { createMock, type Mock } from "@dingrole/mock";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { entries } from "./entries.ts";
import { calls, isSuccess, operations, resultOf } from "./requests.ts";

let mock: Mock;
beforeAll(async () => {
  mock = await createMock();
});
beforeEach(() => mock.reset());

/** A `fetch` that asks the mock for one example. */
const askFor = (example: string) => async (url: string, init: RequestInit) =>
  mock.fetch(url, { ...init, headers: { ...(init.headers as object), Prefer: `example=${example}` } });

test("the description has operations, and each has a success and failures", () => {
  expect(operations.length).toBeGreaterThanOrEqual(2);
  for (const { id, examples } of operations) {
    const successes = Object.values(examples).filter(isSuccess);
    expect(successes.length, id).toBeGreaterThanOrEqual(1);
    expect(Object.values(examples).length, id).toBeGreaterThan(successes.length);
  }
});

describe.each(entries)("called by %s", (_, call) => {
  describe.each(operations)("$id", (operation) => {
    const examples = Object.entries(operation.examples);

    test.each(examples.filter(([, answer]) => isSuccess(answer)))(
      "%s returns the fields of the answer",
      async (example, answer) => {
        expect(await call(operation, operation.input, askFor(example))).toEqual(resultOf(answer));
      },
    );

    test.each(examples.filter(([, answer]) => answer.errcode !== undefined && !isSuccess(answer)))(
      "%s throws an ApiError with the real code",
      async (example, { errcode, sub_code, request_id }) => {
        const error = await call(operation, operation.input, askFor(example)).catch((error) => error);
        expect(error).toBeInstanceOf(ApiError);
        expect(error).toMatchObject({ operation: operation.id, errcode: Number(sub_code) || Number(errcode) });
        expect(error.subCode).toBe(sub_code);
        expect(error.requestId).toBe(request_id);
      },
    );

    test.each(examples.filter(([, { errcode }]) => errcode === undefined))(
      "%s throws a BlockedError, because it has no errcode",
      async (example) => {
        await expect(call(operation, operation.input, askFor(example))).rejects.toBeInstanceOf(BlockedError);
      },
    );
  });

  test.each(calls)("$id sends the input $input as described", async (operation) => {
    const sent: object[] = [];
    await call(operation, operation.input, async (url, init) => {
      const body = init.body ? toRecord(new URLSearchParams(init.body as string)) : undefined;
      sent.push([init.method, toRecord(new URL(url).searchParams), body]);
      return mock.fetch(url, init);
    });
    expect(sent).toEqual([[operation.method, operation.query, operation.form]]);
    expect(mock.requests.map(({ violations }) => violations)).toEqual([[]]);
  });
});

const toRecord = (parameters: URLSearchParams) => Object.fromEntries(parameters);
