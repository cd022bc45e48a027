import { inspect } from "node:util";
import { expect, test } from "vitest";
import { createClient } from "./create-client.ts";

/** What `addRoleGroup` throws for an answer. */
async function errorFor(fetch: typeof globalThis.fetch) {
  const client = createClient({ accessToken: "canary-6d1bxxxx", fetch });
  const error = await client.addRoleGroup({ name: "a" }).catch((error) => error);
  expect(inspect(error, { showHidden: true, depth: Infinity }) + JSON.stringify(error)).not.toContain("canary");
  return error;
}

const answer = (body: string, init?: ResponseInit) => errorFor(async () => new Response(body, init));

test.each([
  [
    "a bare failure",
    { errcode: 40014, errmsg: "不合法的access_token" },
    { errcode: 40014, errmsg: "不合法的access_token" },
  ],
  [
    "a wrapped one",
    { errcode: 88, sub_code: "60011", sub_msg: "no permission", request_id: "r1" },
    { errcode: 60011, errmsg: "no permission", subCode: "60011", requestId: "r1" },
  ],
  [
    "a wrapped one whose sub_code is a number",
    { errcode: 88, sub_code: 90018, errmsg: "x" },
    { errcode: 90018, subCode: "90018" },
  ],
  ["15 around a code", { errcode: 15, sub_code: "40014", errmsg: "x" }, { errcode: 40014 }],
  [
    "15 around a name",
    { errcode: 15, sub_code: "isp.-1", sub_msg: "system busy", errmsg: "x" },
    { errcode: 15, subCode: "isp.-1", outcome: "unknown" },
  ],
  ["a code as a string", { errcode: "40014", errmsg: "x" }, { errcode: 40014 }],
  ["busy", { errcode: -1, errmsg: "x" }, { errcode: -1, outcome: "unknown" }],
  ["a sub_code under a code that wraps nothing", { errcode: 22, sub_code: "40014", errmsg: "x" }, { errcode: 22 }],
  ["no errmsg", { errcode: 60011 }, { errcode: 60011, errmsg: "" }],
])("%s is an ApiError", async (_, body, fields) => {
  expect(await answer(JSON.stringify(body))).toMatchObject({
    name: "ApiError",
    operation: "addRoleGroup",
    outcome: "not-executed",
    ...fields,
  });
});

test("an ApiError's message names the operation, the code, and the handle for support", async () => {
  const error = await answer(
    JSON.stringify({ errcode: 88, sub_code: "60011", sub_msg: "no permission", request_id: "16l4" }),
  );
  expect(error.message).toBe("addRoleGroup failed: 60011 no permission (request_id 16l4)");
});

test.each([
  ["an empty body", "", "unknown"],
  ["cut-off JSON", '{"errcode":0,"gro', "unknown"],
  ["a JSON array", "[]", "unknown"],
  ["no errcode", '{"groupId":1}', "unknown"],
  ["an errcode that is no number", '{"errcode":"ok"}', "unknown"],
  ["success without groupId", '{"errcode":0}', "executed"],
  ["a groupId that is a string", '{"errcode":0,"groupId":"1"}', "executed"],
  ["a groupId that no number holds", '{"errcode":0,"groupId":9007199254740993}', "executed"],
  ["a groupId with a fraction", '{"errcode":0,"groupId":1.5}', "executed"],
])("%s is a ResponseError", async (_, body, outcome) => {
  expect(await answer(body)).toMatchObject({ name: "ResponseError", outcome });
});

test.each([
  ["a page by its type", "blocked", { headers: { "Content-Type": "text/html" } }],
  ["a page by its look", "\n<!doctype html>", {}],
  ["punish: deny", '{"status":1111,"wait":5,"source":"x5","punish":"deny"}', {}],
  ["a page with another status", "<html>", { status: 403 }],
])("%s is a BlockedError", async (_, body, init) => {
  expect(await answer(body, init)).toMatchObject({ name: "BlockedError", outcome: "not-executed" });
});

test.each([301, 400, 404, 500, 502, 503])("status %i is an HttpError", async (status) => {
  expect(await answer("{}", { status })).toMatchObject({ name: "HttpError", status, outcome: "unknown" });
});

test("a gateway's error page is an HttpError: it says nothing of the IP", async () => {
  expect(await answer("<html>", { status: 502 })).toMatchObject({ name: "HttpError", status: 502 });
});

test.each([
  ["ECONNREFUSED", "not-executed"],
  ["ENOTFOUND", "not-executed"],
  ["ECONNRESET", "unknown"],
  ["UND_ERR_HEADERS_TIMEOUT", "unknown"],
])("%s is a NetworkError whose outcome is %s", async (code, outcome) => {
  const cause = Object.assign(new Error("at https://x/?access_token=canary-6d1bxxxx"), { code });
  const error = await errorFor(async () => Promise.reject(new TypeError("fetch failed", { cause })));
  expect(error).toMatchObject({ name: "NetworkError", code, outcome });
});

test("errcode 0 as a string is success, and fields that the description does not name pass", async () => {
  const fetch = async () => Response.json({ errcode: "0", errmsg: "ok", groupId: 1, more: true });
  const client = createClient({ accessToken: "a", fetch });
  expect(await client.addRoleGroup({ name: "a" })).toEqual({ groupId: 1, more: true });
});
