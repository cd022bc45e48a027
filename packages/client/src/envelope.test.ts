import { execFile } from "node:child_process";
import { inspect, promisify } from "node:util";
import { readDescription } from "@dingrole/spec";
import { expect, test } from "vitest";
import { observedFixtureClient } from "./fixture-operations.test-helper.ts";
import { type Answer, canary, created, observedClient } from "./observed-client.test-helper.ts";

const run = promisify(execFile);

/** The error that `addRoleGroup` throws for an answer. */
async function errorFor(answer: Answer) {
  const { client } = observedClient([answer], { retries: 0 });
  const error = await client.addRoleGroup({ name: "a" }).catch((error) => error);
  const shown = inspect(error, { showHidden: true, depth: Infinity }) + JSON.stringify(error) + error.stack;
  expect(shown).not.toContain("canary");
  return error;
}

const answer = (body: string | null, init?: ResponseInit) => errorFor(() => new Response(body, init));

test.each([
  [
    "a bare failure",
    { errcode: 40014, errmsg: "不合法的access_token" },
    { errcode: 40014, errmsg: "不合法的access_token", category: "token" },
  ],
  [
    "a wrapped failure",
    { errcode: 88, sub_code: "60011", sub_msg: "no permission", request_id: "r1" },
    {
      errcode: 60011,
      errmsg: "no permission",
      subCode: "60011",
      requestId: "r1",
      category: "permission",
      hint: expect.stringContaining("permission"),
    },
  ],
  [
    "a wrapped failure whose sub_code is a number",
    { errcode: 88, sub_code: 60020, errmsg: "x" },
    { errcode: 60020, subCode: "60020", category: "ip-allowlist" },
  ],
  ["15 around a code", { errcode: 15, sub_code: "40014", errmsg: "x" }, { errcode: 40014 }],
  ["15 around a code without a retry", { errcode: 15, sub_code: "60011", errmsg: "x" }, { errcode: 60011 }],
  [
    "15 around a name",
    { errcode: 15, sub_code: "isp.-1", sub_msg: "system busy", errmsg: "x" },
    { errcode: 15, subCode: "isp.-1", outcome: "unknown", category: "busy" },
  ],
  ["a code as a string", { errcode: "40014", errmsg: "x" }, { errcode: 40014 }],
  ["busy", { errcode: -1, errmsg: "x" }, { errcode: -1, outcome: "unknown", category: "busy" }],
  ["a sub_code under a code that wraps nothing", { errcode: 22, sub_code: "40014", errmsg: "x" }, { errcode: 22 }],
  ["a code that the operations do not list", { errcode: 77777, errmsg: "x" }, { errcode: 77777, category: "other" }],
  ["no errmsg", { errcode: 60011 }, { errcode: 60011, errmsg: "" }],
  ["an errmsg that is a number", { errcode: 60011, errmsg: 7 }, { errcode: 60011, errmsg: "7" }],
  ["an errmsg that is not a text", { errcode: 60011, errmsg: { a: 1 } }, { errcode: 60011, errmsg: "" }],
  [
    "a sub_code that is not a code",
    { errcode: 88, sub_code: { toString: 1 } },
    { errcode: 88, subCode: "", outcome: "unknown" },
  ],
  [
    "an errmsg that quotes the token",
    { errcode: 60011, errmsg: `token ${canary}, ${encodeURIComponent(canary)}` },
    { errmsg: "token ***, ***" },
  ],
  [
    "an errmsg that quotes the token in a form, and in other encodings",
    {
      errcode: 60011,
      errmsg: [new URLSearchParams({ token: canary }), encodeURIComponent(canary).toLowerCase()].join("; "),
    },
    { errmsg: "token=***; ***" },
  ],
  [
    "an errmsg that quotes the token, encoded twice and three times",
    {
      errcode: 60011,
      errmsg: [2, 3]
        .map((times) =>
          Array(times)
            .fill(encodeURIComponent)
            .reduce((text, encode) => encode(text), canary),
        )
        .join(),
    },
    { errmsg: "***,***" },
  ],
])("%s is an ApiError", async (_, body, fields) => {
  expect(await errorFor(body)).toMatchObject({
    name: "ApiError",
    operation: "addRoleGroup",
    outcome: "not-executed",
    ...fields,
  });
});

const unknownCodes = readDescription().errorCodes.filter(({ outcome }) => outcome === "unknown");
test.each(unknownCodes.map(({ code }) => code))(
  "after %d the outcome is unknown, as the description says, bare and wrapped",
  async (code) => {
    expect(await errorFor({ errcode: code })).toMatchObject({ errcode: code, outcome: "unknown" });
    for (const wrapper of [15, 88])
      expect(await errorFor({ errcode: wrapper, sub_code: `${code}` })).toMatchObject({
        errcode: code,
        outcome: "unknown",
      });
  },
);

test.each([
  [40014, "new-token"],
  [90018, "next-second"],
  [90002, "back-off"],
  [60011, undefined],
  [-1, undefined],
  [77777, undefined],
])("the error of %d says when the call may be sent again: %s", async (errcode, resend) => {
  for (const body of [{ errcode }, { errcode: 88, sub_code: `${errcode}` }])
    expect((await errorFor(body)).resend).toBe(resend);
});

/** In a separate process, which the test can kill: an endless loop would block all tests. */
test("a text that repeats most of a token with many special characters is redacted in time", async () => {
  const program = `
    import { createClient } from ${JSON.stringify(import.meta.resolve("./create-client.ts"))};
    for (const sign of "/+% =!") {
      const accessToken = ("a" + sign).repeat(60);
      for (const quoted of [accessToken, encodeURIComponent(accessToken), String(new URLSearchParams({ accessToken }))]) {
        const fetch = async () => Response.json({ errcode: 60011, errmsg: quoted.slice(0, -1) + "x" });
        const error = await createClient({ accessToken, fetch }).addRoleGroup({ name: "a" }).catch((error) => error);
        console.log(error.errcode);
      }
    }`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], { timeout: 30_000 });
  expect(stdout).toBe("60011\n".repeat(18));
});

test("the message of an ApiError names the operation, the code, and the request_id", async () => {
  const error = await errorFor({ errcode: 88, sub_code: "60011", sub_msg: "no permission", request_id: "16l4" });
  expect(error.message).toBe("addRoleGroup failed: 60011 no permission (request_id 16l4)");
});

test.each([
  ["an empty body", "", "has no errcode", "unknown"],
  ["cut-off JSON", '{"errcode":0,"gro', "has no errcode", "unknown"],
  ["a JSON array", "[]", "has no errcode", "unknown"],
  ["null", "null", "has no errcode", "unknown"],
  ["no errcode", '{"groupId":1}', "has no errcode", "unknown"],
  ["an errcode that is not a number", '{"errcode":"ok"}', "has no errcode", "unknown"],
  ["an errcode that is an object", '{"errcode":{"toString":1}}', "has no errcode", "unknown"],
  ["an errcode in an array", '{"errcode":["0"],"groupId":1}', "has no errcode", "unknown"],
  [
    "success without groupId",
    '{"errcode":0}',
    "says success, but groupId must be of type integer, not undefined",
    "executed",
  ],
  ["a groupId that is a string", '{"errcode":0,"groupId":"1"}', "groupId must be of type integer", "executed"],
  ["a groupId that is null", '{"errcode":0,"groupId":null}', "groupId must be of type integer, not null", "executed"],
  [
    "a groupId that would be rounded",
    '{"errcode":0,"groupId":9007199254740993}',
    "groupId must be a safe integer, not ",
    "executed",
  ],
  ["a groupId with a fraction", '{"errcode":0,"groupId":1.5}', "groupId must be a safe integer, not ", "executed"],
])("%s is a ResponseError", async (_, body, fault, outcome) => {
  expect(await answer(body)).toMatchObject({ name: "ResponseError", outcome, message: expect.stringContaining(fault) });
});

test.each([
  ["an empty body", ""],
  ["a body of white space", " \n"],
  ["a success that is cut off", '{"errcode":0,"errmsg":"ok","grou'],
])("%s that is labelled a page is none: nobody knows what was done", async (_, body) => {
  const headers = { "Content-Type": "text/html" };
  expect(await answer(body, { headers })).toMatchObject({ name: "ResponseError", outcome: "unknown" });
});

test.each(["text/html", "application/octet-stream", "text/plain"])(
  "an answer with an errcode is one, though it is labelled %s",
  async (type) => {
    const { client } = observedClient([
      () => new Response(JSON.stringify(created), { headers: { "Content-Type": type } }),
    ]);
    expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1560985325 });
  },
);

test("another content type without an errcode is a ResponseError", async () => {
  const headers = { "Content-Type": "application/octet-stream" };
  expect(await answer("{}", { headers })).toMatchObject({ name: "ResponseError", outcome: "unknown" });
});

test.each([
  ["a page by its type", "blocked", { headers: { "Content-Type": "text/html" } }],
  ["a page that is no more than its type says", " blocked", { headers: { "Content-Type": "text/html" } }],
  ["a page by its look", "\n<!doctype html>", {}],
  ["punish: deny", '{"status":1111,"wait":5,"source":"x5","punish":"deny"}', {}],
  ["a page with another status", "<html>", { status: 403 }],
])("%s is a BlockedError", async (_, body, init) => {
  expect(await answer(body, init)).toMatchObject({ name: "BlockedError", outcome: "not-executed" });
});

test.each([204, 301, 400, 404, 500, 501, 502, 503])("status %i is an HttpError", async (status) => {
  expect(await answer(status === 204 ? null : "{}", { status })).toMatchObject({
    name: "HttpError",
    status,
    outcome: "unknown",
  });
});

test("a redirect with any page is an HttpError: it says nothing about the IP", async () => {
  const headers = { "Content-Type": "text/html" };
  expect(await answer("<html>", { status: 302, headers })).toMatchObject({ name: "HttpError", outcome: "unknown" });
});

test("a gateway's error page is an HttpError: it says nothing of the IP", async () => {
  expect(await answer("<html>", { status: 502 })).toMatchObject({ name: "HttpError", status: 502 });
});

test("errcode 0 as a string, a BOM, and fields that the description does not name are all success", async () => {
  const body = `\ufeff{"errcode":"0","errmsg":"ok","groupId":1,"more":true}`;
  const { client } = observedClient([() => new Response(body)]);
  expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1, more: true });
});

test.each([
  ["with items, which may repeat", { things: [1, 1] }],
  ["that is empty", { things: [] }],
  ["that is null", { things: null }],
  ["that is absent", {}],
])(
  "a list %s is a success, without errmsg and with any errcode 0; its request_id is not in the result",
  async (_, result) => {
    const { client } = observedFixtureClient([{ errcode: "0", request_id: "r1", ...result }]);
    expect(await client.listThings()).toEqual(result);
  },
);

test.each([
  [{ things: {} }, "things must be of type array, not object"],
  [{ things: [1, null] }, "things[1] must be of type integer, not null"],
  [{ first: null }, "first must be of type object, not null"],
  [{ first: { owners: [{}] } }, "first.owners[0].id must be of type integer, not undefined"],
])("another type is a ResponseError that names the field: %j", async (result, fault) => {
  const { client } = observedFixtureClient([{ errcode: 0, ...result }]);
  await expect(client.listThings()).rejects.toMatchObject({
    name: "ResponseError",
    outcome: "executed",
    message: `listThings: the answer says success, but ${fault}`,
  });
});

test("the hint of a missing permission names the permission of the operation", async () => {
  const { client } = observedFixtureClient([{ errcode: 60011 }]);
  const [of, others] = await Promise.all(
    [client.listThings(), client.removeThing({ thing_id: 1 })].map((call) => call.catch(({ hint }) => hint)),
  );
  expect(others).toMatch(/^Request the permission .*[^.]\.$/);
  expect(of).toBe(others.replace(/\.$/, ": read_things."));
});

test("the hint of another code does not name a permission", async () => {
  const { client } = observedFixtureClient([{ errcode: 40069 }]);
  expect((await client.listThings().catch((error) => error)).hint).not.toContain("read_things");
});

test.each([
  ["without a wrapper", { errcode: 40003, sub_code: "60011" }, { errcode: 40003, errmsg: "own", subCode: "60011" }],
  ["if it is a word", { errcode: 88, sub_code: "isv.no" }, { errcode: 88, errmsg: "own", subCode: "isv.no" }],
  ["if it is 0", { errcode: 88, sub_code: "0" }, { errcode: 88, errmsg: "own", subCode: "0" }],
])("a sub_code does not replace the errcode and the errmsg %s", async (_, fields, expected) => {
  expect(await errorFor({ errmsg: "own", sub_msg: "other", ...fields })).toMatchObject(expected);
});

test("a request_id that is null is absent", async () => {
  expect(await errorFor({ errcode: 40003, request_id: null })).not.toHaveProperty("requestId");
});

test.each(["content-length", "chunked"])(
  "an answer larger than maxResponseSize is not read to its end (%s)",
  async (kind) => {
    let read = 0;
    const body = new ReadableStream({
      pull(controller) {
        read++;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    const headers = kind === "content-length" ? { "Content-Length": "1000000000" } : {};
    const { client } = observedClient([() => new Response(body, { headers })], { maxResponseSize: 10_000 });
    await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({
      name: "ResponseError",
      outcome: "unknown",
    });
    expect(read).toBeLessThan(20);
  },
);
