/** A success whose result breaks the description is an error: the operation was executed, but the result is not what its type says. */
import { ResponseError } from "@dingrole/client";
import { describe, expect, test } from "vitest";
import { entries } from "./entries.ts";
import { completeResult, resultChangesOf } from "./faults.ts";
import { type CalledOperation, operations } from "./requests.ts";

describe.each(entries)("called by %s", (_, call) => {
  const callWith = (operation: CalledOperation, result: object) =>
    call(operation, operation.input, async () => Response.json({ errcode: 0, ...result }));

  describe.each(operations)("$id", (operation) => {
    const changes = resultChangesOf(operation.result);

    test.each(changes.filter(({ isAllowed }) => isAllowed))("$title is a success", async ({ result }) => {
      expect(await callWith(operation, result)).toEqual(result);
    });

    test.each(changes.filter(({ isAllowed }) => !isAllowed))("$title is a ResponseError", async ({ path, result }) => {
      const error = await callWith(operation, result).catch((error) => error);
      expect(error).toBeInstanceOf(ResponseError);
      expect(error).toMatchObject({ operation: operation.id, outcome: "executed" });
      expect(error.message).toContain(`says success, but ${path} must `);
    });

    test("the complete result, with a field that the description lacks, is a success", async () => {
      const result = { ...completeResult(operation.result), newField: { a: [1] } };
      expect(await callWith(operation, result)).toEqual(result);
    });
  });
});
