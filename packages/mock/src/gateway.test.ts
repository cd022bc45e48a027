import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { OperationId } from "./api.ts";
import { gateway, operations, tokenParameter } from "./generated/api.ts";
import { createMock, fingerprint, type Mock, type MockOptions, type RecordedRequest, type Scenario } from "./index.ts";

const address = "http://mock";
const { addRoleGroup, getToken } = operations as Record<OperationId, (typeof operations)[string]>;
const form = { "Content-Type": "application/x-www-form-urlencoded;charset=utf-8" };

async function create(mock: Mock, token = "6d1bxxxx", body = "name=%E5%88%B6%E9%80%A0%E9%83%A8"): Promise<unknown> {
  const url = `${address}${addRoleGroup.path}?${new URLSearchParams({ [tokenParameter]: token })}`;
  return (await mock.fetch(url, { method: "POST", headers: form, body })).json();
}

async function issue(mock: Mock, app = "key"): Promise<Record<string, unknown>> {
  const response = await mock.fetch(`${address}${getToken.path}?appkey=${app}&appsecret=secret`);
  return (await response.json()) as Record<string, unknown>;
}

const exampleOf = (name: string) => addRoleGroup.examples[name]?.value;
const created = exampleOf("created") as { groupId: number };
/** The answer to a second create, with the next id. */
const createdToo = { ...created, groupId: expect.any(Number) };

describe("scenarios", () => {
  test("each scenario of `next` is for one call; later calls are as before", async () => {
    const mock = await createMock();
    mock.next("rateLimited", "busy");
    expect(await create(mock)).toEqual(exampleOf("rateLimited"));
    expect(await create(mock)).toEqual(exampleOf("busy"));
    expect(await create(mock)).toEqual(created);
  });

  test("`always` stays until the next `always`, and `next` wins over it", async () => {
    const mock = await createMock();
    mock.always("busy");
    mock.next("noPermission");
    expect(await create(mock)).toEqual(exampleOf("noPermission"));
    for (let count = 0; count < 3; count++) expect(await create(mock)).toEqual(exampleOf("busy"));
    mock.always("created");
    expect(await create(mock)).toEqual(created);
  });

  test("a call takes the first scenario that its operation can have", async () => {
    const mock = await createMock();
    mock.next("wrongCredentials", "noPermission");
    expect(await create(mock)).toEqual(exampleOf("noPermission"));
    expect(await issue(mock)).toEqual(getToken.examples.wrongCredentials?.value);
  });

  test.each(Object.entries(getToken.examples))(
    "getToken can answer %s even if tokens are live",
    async (name, { value }) => {
      const mock = await createMock({ mode: "gateway" });
      mock.next(`getToken:${name}` as never);
      const response = await mock.fetch(`${address}${getToken.path}?appkey=a&appsecret=secret`);
      const text = await response.text();
      if (name === getToken.success)
        expect(JSON.parse(text)).toEqual({ ...(value as object), access_token: expect.any(String) });
      else expect(text).toBe(typeof value === "string" ? value : JSON.stringify(value));
    },
  );

  test("a scenario for one operation is for that operation only, and wins over one for all", async () => {
    const mock = await createMock();
    mock.next("addRoleGroup:busy");
    mock.always("rateLimited");
    mock.always("getToken:issued");
    expect(await issue(mock)).toEqual(getToken.examples.issued?.value);
    expect(await create(mock)).toEqual(exampleOf("busy"));
    expect(await create(mock)).toEqual(exampleOf("rateLimited"));
  });

  test("an invalid call takes no scenario", async () => {
    const mock = await createMock();
    mock.next("busy");
    expect(await create(mock, "t", "name=")).toMatchObject({ status: 422 });
    expect(await create(mock)).toEqual(exampleOf("busy"));
  });

  test.each(["nope", "addRoleGroup:issued", "getToken:", "latency:", "latency:x", "latency:600001", "status:99", ""])(
    "%j is an error that lists the names",
    async (name) => {
      const mock = await createMock();
      const names = /unknown scenario .*: expected an example \(.*ipBlocked.*\); a fault \(.*stall.*\)/;
      expect(() => mock.next("created", name as Scenario)).toThrow(names);
      expect(() => mock.always(name as Scenario)).toThrow(RangeError);
      await expect(createMock({ scenario: name as Scenario })).rejects.toThrow(RangeError);
      expect(await create(mock), "no scenario of the list is used").toEqual(created);
    },
  );

  test("an unknown name in a header or a base URL is a 404 that lists the names", async () => {
    const mock = await createMock();
    const url = `${getToken.path}?appkey=a&appsecret=b`;
    const asked = [
      await mock.fetch(`${address}${url}`, { headers: { Prefer: "example=nope" } }),
      await mock.fetch(`${address}${url}`, { headers: { Prefer: "example=created" } }),
      await mock.fetch(`${address}/@nope${url}`),
    ];
    for (const response of asked) {
      expect(response.status).toBe(404);
      expect(((await response.json()) as { detail: string }).detail).toMatch(/unknown scenario .*issued/);
    }
  });

  test("a scenario in the base URL is for the operations that can have it", async () => {
    const mock = await createMock();
    const response = await mock.fetch(`${address}/@noPermission${getToken.path}?appkey=a&appsecret=b`);
    expect(await response.json()).toEqual(getToken.examples.issued?.value);
  });

  test("a scenario can be an option, and a reset restores it", async () => {
    const mock = await createMock({ scenario: "busy" });
    mock.always("created");
    expect(await create(mock)).toEqual(created);
    mock.reset();
    expect(await create(mock)).toEqual(exampleOf("busy"));
  });
});

describe("a call that breaks the description", () => {
  const url = (query = "?access_token=t") => `${address}${addRoleGroup.path}${query}`;
  const post = { method: "POST", headers: form, body: "name=v" };
  test.each([
    ["no token", url(""), post, 401, "missingToken"],
    ["another method", url(), { ...post, method: "PUT" }, 405, "postRequired"],
    ["another path", `${address}/nowhere`, post, 404, "unknownPath"],
    ["no name", url(), { ...post, body: "" }, 422, "parameterError"],
    ["an empty name", url(), { ...post, body: "name=" }, 422, "parameterError"],
    ["text", url(), { ...post, headers: { "Content-Type": "text/plain" } }, 415, "parameterError"],
    ["invalid percent-encoding", url(), { ...post, body: "%zz=v" }, 400, "parameterError"],
    [
      "another method of getToken",
      `${address}${getToken.path}?appkey=a&appsecret=b`,
      { method: "POST" },
      405,
      "getRequired",
    ],
    ["no secret", `${address}${getToken.path}?appkey=a`, {}, 422, "missingParameter"],
  ])(
    "%s gets Prism's report in strict mode, and DingTalk's answer in gateway mode",
    async (_, at, init, status, name) => {
      const strict = await createMock();
      expect((await strict.fetch(at, init)).status).toBe(status);
      const likeDingTalk = await createMock({ mode: "gateway", tokens: false });
      const response = await likeDingTalk.fetch(at, init);
      expect(response.status).toBe(200);
      const { examples } = at.includes(getToken.path) ? getToken : addRoleGroup;
      expect(await response.json()).toEqual(examples[name]?.value);
      for (const mock of [strict, likeDingTalk]) expect(mock.requests[0]?.violations).toHaveLength(1);
      expect(likeDingTalk.requests[0]?.example).toBe(name);
    },
  );
});

describe("the bytes of a request", () => {
  const nameOf = (value: string) => `name=${value}`;
  test.each<[string, string | Buffer, RegExp]>([
    [
      "GBK",
      nameOf("%D6%C6%D4%EC%B2%BF"),
      /^body\.name must be UTF-8, not the bytes D6 C6 D4 EC B2 BF, which are 制造部 in GBK$/,
    ],
    ["Latin-1", nameOf("caf%E9"), /^body\.name must be UTF-8, not the bytes E9$/],
    ["an overlong encoding", nameOf("%C0%AF"), /^body\.name must be UTF-8, not the bytes C0 AF/],
    ["a lone surrogate", nameOf("%ED%A0%80"), /^body\.name must be UTF-8, not the bytes ED A0 80/],
    ["a cut character", nameOf("a%E5%88"), /^body\.name must be UTF-8, not the bytes E5 88/],
    ["invalid UTF-8 in a name", "%FF=v&name=v", /^a name in the body must be UTF-8, not the bytes FF/],
    ["a % that escapes nothing", nameOf("100%"), /^body\.name must have two hexadecimal digits after each %, not %$/],
    [
      "a % before other characters",
      nameOf("%zz"),
      /^body\.name must have two hexadecimal digits after each %, not %zz$/,
    ],
    ["an invalid escape in a name", "%zz=v&name=v", /^a name in the body must have two hexadecimal digits/],
    ["raw UTF-8", nameOf("制"), /^body\.name must be percent-encoded, not the bytes E5 88 B6 themselves$/],
    ["a raw space", nameOf("a b"), /^body\.name must be percent-encoded, not the bytes 20 themselves$/],
    ["a raw line feed at the end", nameOf("a\n"), /^body\.name must be percent-encoded, not the bytes 0A themselves$/],
    [
      "a byte-order mark before the form",
      "%EF%BB%BFname=v&name=v",
      /^a name in the body must not begin with a byte-order mark$/,
    ],
    [
      "a raw byte-order mark",
      "\ufeffname=v&name=v",
      /^a name in the body must be percent-encoded, not the bytes EF BB BF/,
    ],
    ["a byte-order mark before a value", nameOf("%EF%BB%BFv"), /^body\.name must not begin with a byte-order mark$/],
    ["a duplicate field", "name=a&name=b", /^body\.name must be sent once, not 2 times$/],
    ["a million fields", `name=a${"&b=c".repeat(1e6)}`, /^body must have at most 1000 fields$/],
    ["a duplicate field in another encoding", "name=a&n%61me=a", /^body\.name must be sent once, not 2 times$/],
  ])("%s is refused with a clear message", async (_, body, fault) => {
    const url = `${address}${addRoleGroup.path}?access_token=t`;
    const init = { method: "POST", headers: form, body: body as string };
    const strict = await createMock();
    const response = await strict.fetch(url, init);
    expect(response.status).toBe(400);
    const [violation] = strict.requests[0]?.violations ?? [];
    expect(violation).toMatch(fault);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining(violation as string) });
    const likeDingTalk = await createMock({ mode: "gateway", tokens: false });
    expect(await (await likeDingTalk.fetch(url, init)).json()).toEqual(exampleOf("parameterError"));
    expect(likeDingTalk.requests[0]?.violations[0]).toMatch(fault);
  });

  test.each<[string, RegExp]>([
    ["appkey=a&appkey=b&appsecret=c", /^query\.appkey must be sent once, not 2 times$/],
    ["appkey=%D6%C6&appsecret=c", /^query\.appkey must be UTF-8, not the bytes D6 C6, which are 制 in GBK$/],
    ["appkey=%&appsecret=c", /^query\.appkey must have two hexadecimal digits/],
    ["appkey=a&appsecret=%D6%C6%61", /^query\.appsecret must be percent-encoded UTF-8$/],
  ])("in a query are checked in the same way: %s", async (query, fault) => {
    const mock = await createMock();
    expect((await mock.fetch(`${address}${getToken.path}?${query}`)).status).toBe(400);
    expect(mock.requests[0]?.violations).toEqual([expect.stringMatching(fault)]);
  });

  test.each(["gbk", "utf-16le", "nonsense"])("the charset %s is refused", async (charset) => {
    const mock = await createMock();
    const headers = { "Content-Type": `application/x-www-form-urlencoded;charset=${charset}` };
    const url = `${address}${addRoleGroup.path}?access_token=t`;
    expect((await mock.fetch(url, { method: "POST", headers, body: "name=v" })).status).toBe(400);
    expect(mock.requests[0]?.violations).toEqual([`the charset must be utf-8, not ${charset}`]);
  });

  test("a request without a token is refused for that, even if its bytes are invalid", async () => {
    const mock = await createMock({ mode: "gateway" });
    const init = { method: "POST", headers: form, body: "name=%FF" };
    const response = await mock.fetch(`${address}${addRoleGroup.path}`, init);
    expect(await response.json()).toEqual(exampleOf("missingToken"));
  });
});

test.each([
  ["?access_token=t", "name=", "Request body property name must NOT have fewer than 1 characters"],
  ["?access_token=t", "", "Body parameter is required"],
  ["", "name=v", "Request query must have required property 'access_token'"],
])("the body of a report names the fault: %j %j", async (query, body, detail) => {
  const mock = await createMock();
  const response = await mock.fetch(`${address}${addRoleGroup.path}${query}`, { method: "POST", headers: form, body });
  expect(await response.json()).toMatchObject({ status: response.status, detail });
  expect(mock.requests[0]?.violations).toEqual([detail]);
});

describe("alternatives that DingTalk accepts", () => {
  const json = { "Content-Type": "application/json;charset=UTF-8" };
  const url = (query = "?access_token=t") => `${address}${addRoleGroup.path}${query}`;
  const calls: [string, string, RequestInit, number, Partial<RecordedRequest>][] = [
    [
      "a JSON body",
      url(),
      { method: "POST", headers: json, body: '{"name":"制造部","more":3}' },
      415,
      { accepted: ["a JSON body instead of a form"], json: { name: "制造部", more: "3" }, form: undefined },
    ],
    [
      "the token in the form",
      url(""),
      { method: "POST", headers: form, body: "access_token=t&name=v" },
      401,
      {
        accepted: ["access_token in the form instead of the query"],
        token: fingerprint("t"),
        form: { access_token: fingerprint("t"), name: "v" },
      },
    ],
    [
      "corpid and corpsecret",
      `${address}${getToken.path}?corpid=a&corpsecret=b`,
      {},
      422,
      {
        accepted: ["corpid instead of appkey", "corpsecret instead of appsecret"],
        query: { corpid: "a", corpsecret: fingerprint("b") },
      },
    ],
    [
      "an Accept of something else",
      url(),
      { method: "POST", headers: { ...form, Accept: "text/xml,text/javascript" }, body: "name=v" },
      406,
      { accepted: [] },
    ],
  ];

  test.each(calls)("%s: gateway mode accepts it, and records it", async (_, address, init, status, recorded) => {
    const likeDingTalk = await createMock({ mode: "gateway", token: "t" });
    expect(await (await likeDingTalk.fetch(address, init)).json()).toMatchObject({ errcode: 0 });
    expect(likeDingTalk.requests).toMatchObject([{ ...recorded, violations: [] }]);
    const strict = await createMock();
    expect((await strict.fetch(address, init)).status).toBe(status);
    expect(strict.requests).toMatchObject([{ accepted: [] }]);
    expect(strict.requests[0]?.violations).not.toEqual([]);
  });

  test("an app has the same token under either name", async () => {
    const mock = await createMock({ mode: "gateway" });
    const old = await (await mock.fetch(`${address}${getToken.path}?corpid=key&corpsecret=secret`)).json();
    expect(old).toEqual(await issue(mock));
  });

  test("the token in the query wins over one in the form", async () => {
    const mock = await createMock({ mode: "gateway", token: "t" });
    const init = { method: "POST", headers: form, body: "access_token=t&name=v" };
    expect(await (await mock.fetch(url("?access_token=other"), init)).json()).toEqual(exampleOf("invalidToken"));
  });

  test.each<[string, string | Buffer, string]>([
    ["cut JSON", '{"name":', "body must be valid JSON"],
    ["an array", '[{"name":"v"}]', "body must be a JSON object, not of type array"],
    ["a text", '"v"', "body must be a JSON object, not of type string"],
    ["null", "null", "body must be a JSON object, not of type null"],
    ["an array for a text", '{"name":["v"]}', "body.name must be of type string, not array"],
    ["an object for a text", '{"name":{"name":"v"}}', "body.name must be of type string, not object"],
    ["a number for a text", '{"name":5}', "body.name must be of type string, not number"],
    ["null for a text", '{"name":null}', "body.name must be of type string, not null"],
    [
      "an unknown field that a form cannot have",
      '{"name":"v","more":[]}',
      "body.more must be of type string, number or boolean, not array",
    ],
    ["no field", "{}", "Body parameter is required"],
    ["an empty text", '{"name":""}', "Request body property name must NOT have fewer than 1 characters"],
    ["a duplicate field", '{"name":"a","name":"b"}', "body.name must be sent once, not 2 times"],
    ["a field a million times", `{${'"a":1,'.repeat(1e6)}"name":"v"}`, "body must have at most 1000 fields"],
    [
      "1001 fields",
      JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`f${index}`, 1]))),
      "body must have at most 1000 fields",
    ],
    ["a lone surrogate", '{"name":"\\ud800"}', "body.name must not contain a lone surrogate"],
    [
      "GBK",
      Buffer.from([...Buffer.from('{"name":"'), 0xd6, 0xc6, ...Buffer.from('"}')]),
      'body must be UTF-8, not the bytes D6 C6 22 7D, which are {"name":"制"} in GBK',
    ],
    ["a byte-order mark", '\ufeff{"name":"v"}', "body must not begin with a byte-order mark"],
  ])("invalid JSON is refused: %s", async (_, body, violation) => {
    const mock = await createMock({ mode: "gateway", tokens: false });
    const response = await mock.fetch(url(), { method: "POST", headers: json, body: body as string });
    expect([response.status, await response.json()]).toEqual([200, exampleOf("parameterError")]);
    expect(mock.requests[0]?.violations).toEqual([violation]);
  });

  test("1 MB of JSON, in one text or deeply nested, is validated like any other", async () => {
    const mock = await createMock({ mode: "gateway", tokens: false, keep: 0 });
    const send = async (body: string) => (await mock.fetch(url(), { method: "POST", headers: json, body })).json();
    expect(await send(JSON.stringify({ name: '"\\'.repeat(300_000) }))).toEqual(created);
    expect(await send(`{"name":${"[".repeat(500_000)}${"]".repeat(500_000)}}`)).toEqual(exampleOf("parameterError"));
  });
});

describe("live tokens", () => {
  beforeEach(() => vi.useFakeTimers({ now: Date.now() }));
  afterEach(() => vi.useRealTimers());
  const HOURS_MS = 3_600_000;

  test("an app gets the same token until it expires, and each fetch renews it", async () => {
    const mock = await createMock({ tokens: true });
    const first = await issue(mock);
    expect(first).toMatchObject({ errcode: 0, expires_in: 7200 });
    vi.advanceTimersByTime(1.9 * HOURS_MS);
    expect(await issue(mock)).toEqual(first);
    vi.advanceTimersByTime(1.9 * HOURS_MS);
    expect(await create(mock, first.access_token as string)).toEqual(created);
    vi.advanceTimersByTime(0.2 * HOURS_MS);
    expect(await create(mock, first.access_token as string)).toEqual(exampleOf("expiredToken"));
    expect((await issue(mock)).access_token).not.toBe(first.access_token);
  });

  test("each app has its own", async () => {
    const mock = await createMock({ tokens: true });
    expect((await issue(mock, "a")).access_token).not.toBe((await issue(mock, "b")).access_token);
  });

  test("any other token is refused as invalid; after `expireTokens` every token as expired", async () => {
    const mock = await createMock({ mode: "gateway" });
    expect(await create(mock)).toEqual(exampleOf("invalidToken"));
    const { access_token } = await issue(mock);
    expect(await create(mock, access_token as string)).toEqual(created);
    mock.expireTokens();
    expect(await create(mock, access_token as string)).toEqual(exampleOf("expiredToken"));
    mock.reset();
    expect(await create(mock, access_token as string)).toEqual(exampleOf("invalidToken"));
  });

  test("a fixed token is the one that is issued, and each issue renews it", async () => {
    const mock = await createMock({ token: "fixed" });
    expect(await create(mock, "fixed")).toEqual(created);
    expect(await create(mock, "other")).toEqual(exampleOf("invalidToken"));
    expect(await issue(mock)).toMatchObject({ access_token: "fixed" });
    expect(await create(mock, "fixed")).toEqual(createdToo);
    mock.expireTokens();
    expect(await create(mock, "fixed")).toEqual(exampleOf("expiredToken"));
    await issue(mock);
    expect(await create(mock, "fixed")).toEqual(createdToo);
  });

  test("are off in strict mode: any token is accepted", async () => {
    const mock = await createMock();
    expect(await create(mock, "any")).toEqual(created);
  });
});

describe("limits", () => {
  beforeEach(() => vi.useFakeTimers({ now: Date.now() }));
  afterEach(() => vi.useRealTimers());
  const { app } = gateway.limits;

  test("calls of an operation beyond its limit are refused until a second has passed", async () => {
    const mock = await createMock({ limits: true });
    for (let count = 0; count < app.calls; count++) expect(await create(mock)).toEqual(createdToo);
    expect(await create(mock)).toEqual(exampleOf("rateLimited"));
    expect(await issue(mock), "another operation has its own limit").toMatchObject({ errcode: 0 });
    vi.advanceTimersByTime(app.seconds * 1000);
    expect(await create(mock)).toEqual(createdToo);
  });

  test("are off by default", async () => {
    const mock = await createMock();
    for (let count = 0; count < app.calls * 2; count++) expect(await create(mock)).toEqual(createdToo);
  });
});

describe("the record", () => {
  test("has each request decoded, with fingerprints of secrets", async () => {
    const mock = await createMock();
    mock.next("noPermission");
    await create(mock, "canary", "name=a+b%26c&more=1");
    await issue(mock);
    const [first, second] = mock.requests as [RecordedRequest, RecordedRequest];
    expect(first).toEqual({
      operation: "addRoleGroup",
      method: "POST",
      path: addRoleGroup.path,
      query: { access_token: fingerprint("canary") },
      form: { name: "a b&c", more: "1" },
      json: undefined,
      headers: { "content-type": form["Content-Type"], "content-length": "19" },
      time: expect.any(Date),
      token: fingerprint("canary"),
      accepted: [],
      violations: [],
      scenario: "noPermission",
      example: "noPermission",
      answer: 200,
    });
    expect(second.query).toEqual({ appkey: "key", appsecret: fingerprint("secret") });
  });

  test("shows no secret, in any place", async () => {
    const mock = await createMock();
    const headers = { ...form, Authorization: "canary", Cookie: "canary", "x-acs-dingtalk-access-token": "canary" };
    const body = "access_token=canary&access_token=canary&appsecret=canary";
    await mock.fetch(`${address}/x?access_token=canary&appsecret=canary&access_token=canary`, {
      method: "POST",
      headers,
      body,
    });
    await mock.fetch(`${address}/x`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '"canary"',
    });
    expect(JSON.stringify(mock.requests)).not.toContain("canary");
    expect(fingerprint("canary")).toMatch(/^sha256:[0-9a-f]{12}$/);
  });

  test.each([
    ...["corpsecret", "secret", "client_secret", "token", "clientSecret", "suite_ticket", "new_password"],
    ...["pwd", "db_passwd", "X-API-Key", "aesKey", "credentials", "private-key", "Signature"],
  ])("does not show the value of %s, on any path", async (name) => {
    const mock = await createMock({ mode: "gateway" });
    for (const path of [addRoleGroup.path, getToken.path, "/x"]) {
      await mock.fetch(`${address}${path}?${name}=canary`);
      await mock.fetch(`${address}${path}`, { method: "POST", headers: form, body: `${name}=canary&name=v` });
      const headers = { "Content-Type": "application/json" };
      await mock.fetch(`${address}${path}`, { method: "POST", headers, body: `{"${name}":"canary"}` });
      await mock.fetch(`${address}${path}`, { method: "POST", headers: form, body: `name={"${name}":"canary"}` });
    }
    expect(mock.requests).toHaveLength(12);
    expect(JSON.stringify(mock.requests)).not.toContain("canary");
  });

  test.each([
    ["?Access_Token=canary", {}],
    ["?accessToken=canary&appSecret=canary", {}],
    ["?access_token[]=canary&amp;access_token=canary", {}],
    ["??access_token=canary", {}],
    ["?x=1;access_token=canary", {}],
    ["%3Faccess_token=canary", {}],
    ["%3faccess_token%3dcanary", {}],
    [
      "",
      { headers: { ...form, "x-access-token": "canary", Referer: "http://x/?access_token=canary" }, body: "name=v" },
    ],
    ["", { headers: form, body: '{"access_token": "canary"}' }],
    ["", { headers: form, body: '{"appSecret":"canary","name":"v"}' }],
  ])("does not show a secret whose name has another spelling: %s %j", async (url, init) => {
    const mock = await createMock();
    await mock.fetch(`${address}${addRoleGroup.path}${url}`, { method: "POST", ...init });
    expect(mock.requests).toHaveLength(1);
    expect(JSON.stringify(mock.requests)).not.toContain("canary");
  });

  test("a form with many values of one name is read in linear time", async () => {
    const mock = await createMock();
    const start = performance.now();
    await create(mock, "t", "a&".repeat(20_000));
    expect(performance.now() - start).toBeLessThan(2000); // If the whole list were searched for each value, it would take 5 s.
  });

  test("a percent-encoded path belongs to the same operation", async () => {
    const mock = await createMock();
    const response = await mock.fetch(`${address}/%67ettoken?appkey=a&appsecret=b`);
    expect(response.status).toBe(200);
    expect(mock.requests).toMatchObject([{ operation: "getToken", violations: [] }]);
  });

  test("says what happened to a connection without an answer", async () => {
    const mock = await createMock();
    for (const scenario of ["resetAfterRead", "closeAfterRead", "status:503"] as const) {
      mock.next(scenario);
      await create(mock).catch(() => {});
    }
    expect(mock.requests.map(({ scenario, answer, example }) => [scenario, answer, example])).toEqual([
      ["resetAfterRead", "reset", undefined],
      ["closeAfterRead", "close", undefined],
      ["status:503", 503, undefined],
    ]);
  });

  test("keeps the last `keep` requests, and calls `onRequest` for each request", async () => {
    const told: (string | undefined)[] = [];
    const mock = await createMock({ keep: 2, onRequest: ({ scenario }) => told.push(scenario) });
    mock.next("busy", "noPermission", "created");
    expect(mock.pending).toEqual(["busy", "noPermission", "created"]);
    for (let count = 0; count < 3; count++) await create(mock);
    expect(mock.requests.map(({ scenario }) => scenario)).toEqual(["noPermission", "created"]);
    expect(told).toEqual(["busy", "noPermission", "created"]);
    expect(mock.pending).toEqual([]);
    mock.reset();
    expect(mock.requests).toEqual([]);
  });

  test("has `duplicate` twice, and both create a group", async () => {
    const mock = await createMock();
    mock.next("duplicate");
    expect(await create(mock)).toEqual({ ...created, groupId: created.groupId + 1 });
    expect(mock.requests.map(({ scenario }) => scenario)).toEqual(["duplicate", undefined]);
    mock.always("duplicate");
    expect(await create(mock)).toEqual({ ...created, groupId: created.groupId + 3 });
    expect(mock.requests).toHaveLength(4);
  });
});

describe("a created group", () => {
  const idOf = async (mock: Mock) => ((await create(mock)) as { groupId: number }).groupId;

  test("has the example's id first, and then new ids, until a reset", async () => {
    const mock = await createMock();
    for (let round = 0; round < 2; round++) {
      const ids = [await idOf(mock), await idOf(mock), await idOf(mock)];
      expect(ids).toEqual([created.groupId, created.groupId + 1, created.groupId + 2]);
      mock.reset();
    }
  });

  test("has the example's id if the example is named, and no id if the call fails", async () => {
    const mock = await createMock();
    await create(mock);
    mock.next("created", "busy");
    expect(await idOf(mock)).toBe(created.groupId);
    expect(await create(mock)).toEqual(exampleOf("busy"));
    expect(await idOf(mock)).toBe(created.groupId + 1);
  });

  test("is counted even if the answer is lost", async () => {
    const mock = await createMock();
    mock.next("resetAfterRead");
    await create(mock).catch(() => {});
    expect(await idOf(mock)).toBe(created.groupId + 1);
  });
});

test.each([
  [{ mode: "other" }, 'mode must be "strict" or "gateway", not "other"'],
  [{ tokens: "yes" }, 'tokens must be true or false, not "yes"'],
  [{ memory: "yes" }, 'memory must be true, false or an object, not "yes"'],
  [{ onRequest: 3 }, "onRequest must be a function, not 3"],
  [{ keep: -1 }, "keep must be a whole number from 0, not -1"],
  [{ token: "" }, "token must be a non-empty string"],
  [{ tokens: false, token: "t" }, "tokens must be true or left out if token is given, not false"],
  [
    { limit: true },
    "unknown option limit: expected mode, tokens, token, limits, memory, scenario, keep, onRequest; for a server",
  ],
])("%j is refused by name", async (options, message) => {
  await expect(createMock(options as MockOptions)).rejects.toThrow(message);
});
