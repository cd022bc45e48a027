import { inspect } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createClient as createMethods } from "./create-client.ts";
import { type DingTalkError, InputError } from "./errors.ts";
import { addFixtureOperations } from "./fixture-operations.test-helper.ts";
import { operations } from "./generated/operations.ts";
import { type Answer, canary, created, fetchFailed, never } from "./observed-client.test-helper.ts";
import { type ClientOptions, createClient, type Middleware, type MiddlewareParams } from "./openapi-fetch.ts";

const path = "/role/add_role_group";
const issued = { errcode: 0, access_token: "6d1bxxxx", expires_in: 7200 };
const page = new Response("<html>", { headers: { "Content-Type": "text/html" } });

/** A `fetch` that answers from a list and repeats the last answer, with the requests that it got. */
function observedFetch(answers: Answer[] = [created]) {
  const requests: Request[] = [];
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const answer = answers[Math.min(requests.length, answers.length - 1)] as Answer;
    const request = new Request(input, init);
    requests.push(request);
    const value = await (typeof answer === "function" ? answer({ init: { signal: request.signal } } as never) : answer);
    if (value instanceof Error) throw value;
    return value instanceof Response ? value.clone() : Response.json(value);
  };
  return { requests, fetch };
}

function observedClient(answers?: Answer[], options: Partial<ClientOptions> = {}) {
  const { requests, fetch } = observedFetch(answers);
  const credentials = "appKey" in options ? {} : { accessToken: canary };
  return { client: createClient({ ...credentials, fetch, ...options } as ClientOptions), requests };
}

const create = (client: ReturnType<typeof createClient>, init: object = {}) =>
  client.POST(path, { body: { name: "名称" }, ...init });
const failureOf = (call: Promise<unknown>): Promise<DingTalkError> =>
  call.then(
    () => undefined,
    (error) => error,
  );

describe("a call", () => {
  test("sends the request of the documentation, and returns the answer and a Response", async () => {
    const { client, requests } = observedClient([Response.json(created, { headers: { "x-trace": "7" } })]);
    const { data, error, response } = await create(client);
    expect(data).toEqual(created);
    expect(error).toBeUndefined();
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.headers.get("x-trace")]).toEqual([200, "7"]);
    expect(requests).toHaveLength(1);
    const [request] = requests as [Request];
    expect(`${request.method} ${request.url}`).toBe(
      `POST https://oapi.dingtalk.io${path}?access_token=${encodeURIComponent(canary)}`,
    );
    expect([...request.headers]).toEqual([["content-type", "application/x-www-form-urlencoded;charset=utf-8"]]);
    expect(await request.text()).toBe("name=%E5%90%8D%E7%A7%B0");
    expect(request.redirect).toBe("manual");
  });

  test("with a query sends its fields there, and no token to getToken", async () => {
    const { client, requests } = observedClient([issued]);
    const { data } = await client.GET("/gettoken", { params: { query: { appkey: "a+b", appsecret: "c&d" } } });
    expect(data).toEqual(issued);
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET https://oapi.dingtalk.io/gettoken?appkey=a%2Bb&appsecret=c%26d",
    ]);
  });

  test("can have its HTTP method in a variable", async () => {
    const { client } = observedClient();
    expect((await client.request("post", path, { body: { name: "a" } })).data).toEqual(created);
  });

  test("gets its token with the app's key and secret, and a new one after a refusal", async () => {
    const refused = { errcode: 88, sub_code: "40014", sub_msg: "invalid" };
    const again = { ...issued, access_token: "other" };
    const { client, requests } = observedClient([issued, refused, again, created], { appKey: "k", appSecret: "s" });
    expect((await create(client)).data).toEqual(created);
    expect(requests.map(({ url }) => new URL(url).search)).toEqual([
      "?appkey=k&appsecret=s",
      "?access_token=6d1bxxxx",
      "?appkey=k&appsecret=s",
      "?access_token=other",
    ]);
  });

  test("gets its own answer if another call has the same signal", async () => {
    const answers = [7, 8].map((groupId) => Response.json({ errcode: 0, groupId }));
    const { client } = observedClient(answers);
    const { signal } = new AbortController();
    const results = await Promise.all([create(client, { signal }), create(client, { signal })]);
    expect(results.map(({ data }) => data.groupId)).toEqual([7, 8]);
  });

  test("looks fetch up when it sends, so that a later replacement is used", async () => {
    const client = createClient({ accessToken: canary });
    const { requests, fetch } = observedFetch();
    vi.stubGlobal("fetch", fetch);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect((await create(client)).data).toEqual(created);
    expect(requests).toHaveLength(1);
  });

  test("succeeds with an errcode that is a string", async () => {
    const { client } = observedClient([{ ...created, errcode: "0" }]);
    expect((await create(client)).data).toEqual(created);
  });

  test("goes to the region, or to baseUrl", async () => {
    for (const [options, url] of [
      [{ region: "china" }, `https://oapi.dingtalk.com${path}`],
      [{ baseUrl: "https://example.com/proxy/" }, `https://example.com/proxy${path}`],
    ] as const) {
      const { client, requests } = observedClient([created], options);
      const seen: string[] = [];
      await create(client, {
        middleware: [{ onRequest: ({ request }: MiddlewareParams) => void seen.push(request.url) }],
      });
      expect(requests[0]?.url).toMatch(url);
      expect(seen).toEqual([url]);
    }
  });
});

describe("an operation with", () => {
  addFixtureOperations();
  const send = (client: ReturnType<typeof createClient>, path: string, body: object = {}, init: object = {}) =>
    client.request("post", path as never, { body, ...init } as never) as Promise<{ data: object; response: Response }>;
  const middleware = [{ onRequest() {} }];

  test.each([
    ["lists", "/thing/give", { thingIds: [1, 2], userIds: ["a b"] }, "thingIds=1%2C2&userIds=a%20b"],
    ["paging", "/thing/list", { skip: 40 }, "skip=40&count=20"],
    ["a wide effect without its list", "/thing/limit", { thing_id: 1, places: "all" }, "thing_id=1"],
  ])("%s sends its form, which a middleware sees", async (_, path, body, form) => {
    const { client, requests } = observedClient([{ errcode: 0 }]);
    const bodies: string[] = [];
    const onRequest = async ({ request }: MiddlewareParams) => void bodies.push(await request.clone().text());
    for (const middleware of [[], [{ onRequest }]]) await send(client, path, body, { middleware });
    expect(await Promise.all(requests.map((request) => request.text()))).toEqual([form, form]);
    expect(bodies).toEqual([form]);
  });

  test.each([
    ["/thing/give", { thingIds: [1, 1], userIds: ["a"] }, "giveThings: thingIds[1] must not repeat thingIds[0]"],
    ["/thing/give", { thingIds: [1], userIds: ["\ud83c"] }, "giveThings: userIds contains a lone surrogate"],
    ["/thing/limit", { thing_id: 1 }, 'limitThing: places must be of type array, or "all" to leave it out'],
  ])("lists is checked before anything is sent: %s %j", async (path, body, message) => {
    const { client, requests } = observedClient();
    for (const init of [{}, { middleware }]) await expect(send(client, path, body, init)).rejects.toThrow(message);
    expect(requests).toEqual([]);
  });

  test("a list that is too long is refused before it is copied", async () => {
    const { client } = observedClient();
    const thingIds = Array(1507113584);
    thingIds[Symbol.iterator] = () => {
      throw new Error("copied");
    };
    const message = "giveThings: thingIds must have 1 to 3 items, not 1507113584";
    await expect(send(client, "/thing/give", { thingIds, userIds: ["a"] })).rejects.toThrow(message);
  });

  test("a list that the caller changes during the call sends the body that a middleware saw", async () => {
    const { client, requests } = observedClient([{ errcode: 0 }]);
    const thingIds = [1, 2];
    const onRequest = () => void thingIds.push(3);
    await send(client, "/thing/give", { thingIds, userIds: ["a"] }, { middleware: [{ onRequest }] });
    expect(await requests[0]?.text()).toBe("thingIds=1%2C2&userIds=a");
  });

  test("a result has DingTalk's own answer as data", async () => {
    const { client } = observedClient([{ errcode: "0", request_id: "r1", things: null }]);
    expect((await send(client, "/thing/list")).data).toEqual({ errcode: 0, request_id: "r1", things: null });
  });

  test("a proof of its effect succeeds after an unknown outcome", async () => {
    const gone = Response.json({ errcode: 33011, errmsg: "no", request_id: "r1" }, { headers: { "x-trace": "7" } });
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    for (const init of [{}, { middleware }]) {
      const { client } = observedClient([new Response("", { status: 503 }), gone]);
      const call = send(client, "/thing/remove", { thing_id: 7 }, init);
      await vi.runAllTimersAsync();
      const { data, response } = await call;
      expect(data).toEqual({ errcode: 0, request_id: "r1" });
      expect([response.status, response.headers.get("x-trace")]).toEqual([200, "7"]);
    }
    const { client } = observedClient([gone]);
    await expect(send(client, "/thing/remove", { thing_id: 7 })).rejects.toMatchObject({ errcode: 33011 });
  });
});

describe("a failure is the error that the method throws:", () => {
  const name = "名称";
  test.each<[string, Answer, ClientOptions | object, object]>([
    ["a bare code", { errcode: 60011, errmsg: "no" }, {}, {}],
    ["a wrapped code that quotes the token", { errcode: 88, sub_code: "40035", sub_msg: `of ${canary}` }, {}, {}],
    ["a refused token", { errcode: 40014, errmsg: "no" }, {}, {}],
    ["a page", page, {}, {}],
    ["a status", new Response("", { status: 502 }), {}, {}],
    ["a redirect", new Response("", { status: 302, headers: { Location: "https://example.com" } }), {}, {}],
    ["a text", new Response("ok"), {}, {}],
    ["an empty body", new Response(), {}, {}],
    ["a success without an id", { errcode: 0 }, {}, {}],
    ["an id that would be rounded", new Response('{"errcode":0,"groupId":9007199254740993}'), {}, {}],
    ["a large answer", created, { maxResponseSize: 10 }, {}],
    ["a broken connection", fetchFailed("ECONNRESET"), {}, {}],
    ["a refused connection", fetchFailed("ECONNREFUSED"), { retries: 0 }, {}],
    ["a timeout", never, {}, { timeout: 1 }],
    ["a deadline", never, { deadline: 1 }, {}],
    ["a signal", never, {}, { signal: AbortSignal.abort(new Error("mine")) }],
    ["a signal, later", never, {}, { signal: AbortSignal.timeout(1) }],
    ["no token", created, { accessToken: () => "" }, {}],
    ["an option", created, {}, { timeout: -1 }],
    ["a signal that is a text", created, {}, { signal: "a" }],
    ["a signal that is null", created, {}, { signal: null }],
  ])("%s", async (_, answer, options, init) => {
    const resolved = { accessToken: canary, ...options } as ClientOptions;
    const methods = createMethods({ ...resolved, fetch: observedFetch([answer]).fetch } as never);
    const expected = await failureOf(methods.addRoleGroup({ name }, init));
    const { client } = observedClient([answer], options);
    for (const middleware of [[], [{ onRequest() {} }]]) {
      const error = await failureOf(create(client, { middleware, ...init }));
      if (error.name === "BlockedError") Object.assign(error, { until: 0, message: "" });
      if (expected.name === "BlockedError") Object.assign(expected, { until: 0, message: "" });
      expect(error).toEqual(expected);
      expect(error.constructor).toBe(expected.constructor);
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain("canary");
    }
  });
});

describe("a middleware", () => {
  test("sees each call once, also if it is sent twice, and no token", async () => {
    const answers = [{ errcode: 90018, errmsg: "slow down" }, created];
    const { client, requests } = observedClient(answers);
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const seen: unknown[] = [];
    client.use({
      async onRequest(params) {
        const { request, schemaPath } = params;
        seen.push([request.method, request.url, schemaPath, await request.clone().text(), ...request.headers]);
        expect(inspect(params, { depth: Infinity, showHidden: true })).not.toContain("canary");
      },
      async onResponse(params) {
        seen.push(await params.response.clone().json());
        expect(inspect(params, { depth: Infinity, showHidden: true })).not.toContain("canary");
      },
    });
    const call = create(client);
    await vi.runAllTimersAsync();
    expect((await call).data).toEqual(created);
    expect(requests).toHaveLength(2);
    expect(seen).toEqual([
      [
        "POST",
        `https://oapi.dingtalk.io${path}`,
        path,
        "name=%E5%90%8D%E7%A7%B0",
        ["content-type", "application/x-www-form-urlencoded;charset=utf-8"],
      ],
      created,
    ]);
  });

  test("can set headers for each attempt, on the same or on another Request", async () => {
    const { client, requests } = observedClient([{ errcode: 40014 }, created], {
      accessToken: async () => canary + requests.length,
    });
    client.use({ onRequest: ({ request }) => request.headers.set("x-a", "1") });
    const another: Middleware = {
      onRequest: ({ request }) =>
        new Request(request, { headers: { ...Object.fromEntries(request.headers), "x-b": "2" } }),
    };
    await create(client, { middleware: [another] });
    expect(requests.map(({ headers }) => [headers.get("x-a"), headers.get("x-b")])).toEqual([
      ["1", "2"],
      ["1", "2"],
    ]);
    expect(new Set(requests.map(({ headers }) => headers.get("content-type"))).size).toBe(1);
  });

  test("may end the call with the signal of its Request", async () => {
    const { client } = observedClient([never]);
    const onRequest = ({ request }: MiddlewareParams) => new Request(request, { signal: AbortSignal.timeout(1) });
    await expect(create(client, { middleware: [{ onRequest }] })).rejects.toMatchObject({
      name: "AbortError",
      outcome: "unknown",
    });
  });

  test("cannot keep the caller's signal from ending the call", async () => {
    const controller = new AbortController();
    const { client } = observedClient([
      () => {
        controller.abort();
        return never as never;
      },
    ]);
    const onRequest = async ({ request }: MiddlewareParams) =>
      new Request(request.url, { method: "POST", headers: request.headers, body: await request.text() });
    const init = { signal: controller.signal, timeout: 200, middleware: [{ onRequest }] };
    await expect(create(client, init)).rejects.toMatchObject({ name: "AbortError", outcome: "unknown" });
  });

  test("answers instead of DingTalk, and nothing is sent", async () => {
    const { client, requests } = observedClient();
    const answer = { errcode: 0, groupId: 7 };
    const { data } = await create(client, { middleware: [{ onRequest: () => Response.json(answer) }] });
    expect(data).toEqual(answer);
    expect(requests).toEqual([]);
  });

  test("can replace a response", async () => {
    const { client } = observedClient();
    const onResponse = async ({ response }: { response: Response }) =>
      Response.json({ ...((await response.json()) as object), groupId: 7 });
    expect((await create(client, { middleware: [{ onResponse }] })).data.groupId).toBe(7);
  });

  test("sees a failure, and replaces it", async () => {
    const { client } = observedClient([{ errcode: 60011, errmsg: "no" }]);
    const seen: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void seen.push(error);
    await expect(create(client, { middleware: [{ onError }] })).rejects.toThrow("60011");
    expect(seen).toMatchObject([{ name: "ApiError", errcode: 60011 }]);
    await expect(create(client, { middleware: [{ onError: () => new Error("mine") }] })).rejects.toThrow(/^mine$/);
    const { data } = await create(client, { middleware: [{ onError: () => Response.json(created) }] });
    expect(data).toEqual(created);
  });

  test.each<[string, Middleware, Answer, string, string]>([
    [
      "its answer to a request",
      { onRequest: () => Response.json({ errcode: 60011 }) },
      created,
      "errcode 60011",
      "not-executed",
    ],
    [
      "its status for a request",
      { onRequest: () => new Response("", { status: 404 }) },
      created,
      "HTTP status 404",
      "not-executed",
    ],
    [
      "its replacement of a response",
      { onResponse: () => Response.json({}) },
      created,
      "errcode undefined",
      "executed",
    ],
    [
      "the text with which it replaces a response",
      { onResponse: () => new Response("ok") },
      created,
      "errcode undefined",
      "executed",
    ],
    [
      "a response whose body it has read",
      { onResponse: async ({ response }) => void (await response.text()) },
      created,
      "errcode undefined",
      "executed",
    ],
    [
      "its answer to a failure",
      { onError: () => Response.json({}) },
      fetchFailed("ECONNRESET"),
      "errcode undefined",
      "unknown",
    ],
  ])("causes a ResponseError if %s is not a success", async (_, middleware, answer, received, outcome) => {
    const { client } = observedClient([answer]);
    await expect(create(client, { middleware: [middleware] })).rejects.toMatchObject({
      name: "ResponseError",
      message: `addRoleGroup: the answer of a middleware must be a success with errcode 0, not ${received}`,
      outcome,
    });
  });

  const toPath = (request: Request) => `${new URL(request.url).origin}/role/other`;
  test.each<[string, (request: Request) => Request]>([
    ["the path", (request) => new Request(toPath(request), { method: "POST", body: "name=%E5%90%8D%E7%A7%B0" })],
    ["the query", (request) => new Request(`${request.url}?a=b`, request)],
    ["the method", (request) => new Request(request, { method: "PUT" })],
    ["the body", (request) => new Request(request, { body: "name=b" })],
  ])("cannot change %s", async (_, change) => {
    const { client, requests } = observedClient();
    client.use({ onRequest: ({ request }) => change(request) });
    await expect(create(client)).rejects.toMatchObject({
      name: "InputError",
      message: "addRoleGroup: a middleware must not change the method, the URL or the body of a request",
    });
    expect(requests).toEqual([]);
  });

  test("may lock the body of the request", async () => {
    const { client } = observedClient();
    client.use({ onRequest: ({ request }) => void request.body?.getReader() });
    expect((await create(client)).data).toEqual(created);
  });

  test("may read the body without a copy of the request", async () => {
    const { client } = observedClient();
    const bodies: string[] = [];
    client.use({ onRequest: async ({ request }) => void bodies.push(await request.text()) });
    expect((await create(client)).data).toEqual(created);
    expect(bodies).toEqual(["name=%E5%90%8D%E7%A7%B0"]);
  });

  test("sees a Request, even if use refused the next middleware", async () => {
    const { client } = observedClient();
    const seen: unknown[] = [];
    const onRequest = ({ request }: MiddlewareParams) => void seen.push(request);
    expect(() => client.use({ onRequest }, { onrequest() {} } as Middleware)).toThrow("Middleware must be");
    await create(client);
    expect(seen).toEqual([expect.any(Request)]);
  });

  test("that was removed sees nothing", async () => {
    const { client } = observedClient();
    const middleware = { onRequest: vi.fn() };
    client.use(middleware);
    client.eject(middleware);
    expect((await create(client)).data).toEqual(created);
    expect(middleware.onRequest).not.toHaveBeenCalled();
  });
});

describe("headers", () => {
  test("are sent, if the client or a request sets them; the client's headers also with getToken", async () => {
    const headers = { "X-A": 1, "X-B": "2", "Content-Type": "application/x-www-form-urlencoded" };
    const { client, requests } = observedClient([issued, created], { appKey: "k", appSecret: "s", headers });
    await create(client, { headers: { "x-b": null, "x-c": "3" } });
    expect(requests.map((request) => Object.fromEntries(request.headers))).toEqual([
      { "x-a": "1", "x-b": "2" },
      { "x-a": "1", "x-c": "3", "content-type": "application/x-www-form-urlencoded;charset=utf-8" },
    ]);
  });

  test("without a Content-Type have the one of the form", async () => {
    const { client, requests } = observedClient([created], { headers: { "Content-Type": "application/json" } });
    await create(client, { headers: { "content-type": null } });
    expect(requests[0]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded;charset=utf-8");
  });

  test.each([
    ["of the client", { "content-type": "application/json" }, {}],
    ["of a request", {}, { headers: new Headers({ "Content-Type": "application/json" }) }],
    [
      "of a middleware",
      {},
      {
        middleware: [
          { onRequest: ({ request }: MiddlewareParams) => request.headers.set("content-type", "application/json") },
        ],
      },
    ],
  ])("%s with another Content-Type are refused", async (_, headers, init) => {
    const { client, requests } = observedClient([created], { headers });
    await expect(create(client, init)).rejects.toMatchObject({
      name: "InputError",
      message: "addRoleGroup: the header Content-Type must be application/x-www-form-urlencoded, not application/json",
    });
    expect(requests).toEqual([]);
  });
});

test.each([
  ["an unknown field in the body", { body: { name: "a", groupId: 1 } }, "unknown field body.groupId: expected name"],
  [
    "a field in the query instead of the body",
    { params: { query: { name: "a" } } },
    "unknown field params.query.name: expected none",
  ],
  [
    "the token in the query",
    { params: { query: { access_token: canary } } },
    "params.query.access_token must be left out: the client adds the token",
  ],
  [
    "the token in the body",
    { body: { access_token: canary } },
    "body.access_token must be left out: the client adds the token",
  ],
  ["a header parameter", { params: { header: { a: 1 } } }, "unknown option params.header: expected params.query"],
  ["a text for the body", { body: "name=a" }, "body must be an object, not String"],
  ["null for the body", { body: null }, "body must be an object, not null"],
  [
    "an encoded form for the body",
    { body: new URLSearchParams({ name: "a" }) },
    "body must be an object, not URLSearchParams",
  ],
  ["no body", { body: undefined }, "name must be of type string, not undefined"],
  ["a field of a wrong type", { body: { name: 7 } }, "name must be of type string, not number"],
  ["a lone surrogate", { body: { name: "\ud83c" } }, "name contains a lone surrogate"],
  ["parseAs", { parseAs: "stream" }, "parseAs is not supported: every answer is read as JSON and checked"],
  [
    "bodySerializer",
    { bodySerializer: String },
    "bodySerializer is not supported: the description says how each field is encoded",
  ],
  ["fetch", { fetch }, "fetch is not supported: pass it to createClient"],
  ["baseUrl", { baseUrl: "a" }, "baseUrl is not supported: pass it to createClient"],
  ["null for params", { params: null }, "params must be an object, not null"],
  ["a middleware outside an array", { middleware: { onRequest() {} } }, "middleware must be an array, not object"],
  [
    "an unknown option",
    { retries: 1 },
    "unknown option retries: expected params, body, headers, middleware, signal, timeout, deadline",
  ],
])("a request with %s is an InputError, and nothing is sent", async (_, init, message) => {
  const { client, requests } = observedClient();
  client.use({ onRequest() {} });
  const error = await failureOf(create(client, init));
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toContain(`addRoleGroup: ${message}`);
  expect(error.message).not.toContain("canary");
  expect(requests).toEqual([]);
});

test.each([
  ["with a line break", { a: "b\nc" }],
  ["in pairs", [["a", "b"]]],
  ["in a Map", new Map([["a", "b"]])],
  ["in a text", "a: b"],
])("headers %s are an InputError", async (_, headers) => {
  const { client, requests } = observedClient();
  const error = await failureOf(create(client, { headers }));
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toContain("headers must be a Headers, or an object with valid names and values");
  expect(requests).toEqual([]);
});

test("an unknown path or method is refused, with the known ones", async () => {
  const { client } = observedClient();
  await expect(client.request("get", path as never, {} as never)).rejects.toThrow(
    `unknown operation GET ${path}: expected POST ${path}`,
  );
  const error = await failureOf(client.request("post", `${path}?access_token=${canary}` as never, {} as never));
  expect(error.message).toContain(`unknown operation POST ${path}?***: expected POST ${path}`);
  expect(error.message).not.toContain("canary");
});

test("options that are null are an InputError", async () => {
  const { client } = observedClient();
  const error = await failureOf(client.POST(path, null as never));
  expect(error).toEqual(new InputError("addRoleGroup", "the options must be an object, not null"));
});

test.each([
  ["querySerializer", { querySerializer: String }, "querySerializer is not supported: the description says"],
  ["Request", { Request }, "Request is not supported"],
  ["credentials", { credentials: "include" }, "option credentials"],
  ["a fetch that is not a function", { fetch: 7 }, "fetch must be a function"],
  ["a plain baseUrl", { baseUrl: "http://example.com" }, "baseUrl must be"],
  ["no token", { accessToken: undefined }, "accessToken"],
])("createClient refuses %s", (_, options, message) => {
  expect(() => createClient({ accessToken: canary, ...options } as never)).toThrow(TypeError);
  expect(() => createClient({ accessToken: canary, ...options } as never)).toThrow(message);
});

test("an appSecret in a page gives a warning", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal("document", {});
  onTestFinished(() => void vi.unstubAllGlobals());
  createClient({ appKey: "a", appSecret: canary });
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/^createClient: an appSecret in a page is public\./)]]);
  warn.mockRestore();
});

test("the client has a function for each HTTP method of the description, and shows no secret", () => {
  const { client } = observedClient();
  const { client: app } = observedClient([created], { appKey: "key", appSecret: canary });
  for (const each of [client, app]) {
    expect(inspect(each, { showHidden: true, depth: Infinity }) + JSON.stringify(each)).not.toContain("canary");
    const methods = Object.values(operations).map(({ method }) => method);
    expect(Object.keys(each)).toEqual([...new Set(methods), "request", "use", "eject"]);
  }
});
