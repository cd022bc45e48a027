import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DingTalkError } from "./errors.ts";
import { canary, observedClient } from "./observed-client.test-helper.ts";

/** Nested too deeply for JSON.stringify. */
const deep = "[".repeat(10_000) + "]".repeat(10_000);
const value = fc.oneof(
  fc.constantFrom("0", "1", "88", "15", '"40014"', '"0"', "1e999", `"${canary}"`, deep),
  fc.constantFrom('["0"]', '{"toString":1}', '{"toJSON":1}', '{"__proto__":{}}'),
  fc.json(),
);
const fields = fc.constantFrom(
  ...["errcode", "errmsg", "sub_code", "sub_msg", "request_id", "punish", "groupId", "access_token", "expires_in"],
);
const body = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.tuple(fields, value)).map(toJson) },
  { weight: 1, arbitrary: fc.oneof(value, fc.string({ unit: "binary" })) },
);
const answer = fc.record({
  body,
  status: fc.constantFrom(200, 200, 200, 400, 403, 500),
  type: fc.constantFrom("application/json", "text/html", "text/plain;charset=utf-8"),
});

function toJson(members: [name: string, value: string][]): string {
  return `{${members.map(([name, value]) => `"${name}":${value}`).join()}}`;
}

test.each([
  ["a token", {}],
  ["an app", { appKey: "key", appSecret: canary }],
])(
  "after any answer, a client with %s returns an id or throws a DingTalkError, without secrets",
  async (_, options) => {
    let errors = 0;
    const anyAnswers = fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 2 }), async (answers) => {
      const { client } = observedClient(
        answers.map(
          ({ body, status, type }) =>
            () =>
              new Response(body, { status, headers: { "Content-Type": type } }),
        ),
        { retries: 0, rate: false, ...options },
      );
      try {
        const { groupId } = await client.addRoleGroup({ name: "a" });
        expect(groupId).toSatisfy(Number.isSafeInteger);
      } catch (error) {
        expect(error).toBeInstanceOf(DingTalkError);
        expect((error as DingTalkError).outcome).toMatch(/^(not-executed|executed|unknown)$/);
        expect(inspect(error, { showHidden: true, depth: Infinity })).not.toContain("canary");
        errors++;
      }
    });
    await fc.assert(anyAnswers, { numRuns: 2000 });
    expect(errors).toBeGreaterThan(0);
  },
);
