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
const created = exampleOf("created");

describe("scenarios", () => {
  test("`next` is for one call each, in turn; then all is as before", async () => {
    const mock = await createMock();
    mock.next("rateLimited", "busy");
    expect(await create(mock)).toEqual(exampleOf("rateLimited"));
    expect(await create(mock)).toEqual(exampleOf("busy"));
    expect(await create(mock)).toEqual(created);
  });

  test("`always` stays until the next one, and gives way to `next`", async () => {
    const mock = await createMock();
    mock.always("busy");
    mock.next("noPermission");
    expect(await create(mock)).toEqual(exampleOf("noPermission"));
    for (let count = 0; count < 3; count++) expect(await create(mock)).toEqual(exampleOf("busy"));
    mock.always("created");
    expect(await create(mock)).toEqual(created);
  });

  test("a call takes the first that its operation can have", async () => {
    const mock = await createMock();
    mock.next("wrongCredentials", "noPermission");
    expect(await create(mock)).toEqual(exampleOf("noPermission"));
    expect(await issue(mock)).toEqual(getToken.examples.wrongCredentials?.value);
  });

  test.each(Object.entries(getToken.examples))(
    "%s is what getToken answers where tokens are live, too",
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

  test("one for an operation is for no other, and goes before one for all", async () => {
    const mock = await createMock();
    mock.next("addRoleGroup:busy");
    mock.always("rateLimited");
    mock.always("getToken:issued");
    expect(await issue(mock)).toEqual(getToken.examples.issued?.value);
    expect(await create(mock)).toEqual(exampleOf("busy"));
    expect(await create(mock)).toEqual(exampleOf("rateLimited"));
  });

  test("an invalid call takes none", async () => {
    const mock = await createMock();
    mock.next("busy");
    expect(await create(mock, "t", "name=")).toMatchObject({ status: 422 });
    expect(await create(mock)).toEqual(exampleOf("busy"));
  });

  test.each(["nope", "addRoleGroup:issued", "getToken:", "latency:", "latency:x", "latency:600001", "status:99", ""])(
    "%j is an error that lists the names",
    async (name) => {
      const mock = await createMock();
      const names = /there is no scenario .*: use an example \(.*ipBlocked.*\); a fault \(.*stall.*\)/;
      expect(() => mock.next("created", name as Scenario)).toThrow(names);
      expect(() => mock.always(name as Scenario)).toThrow(RangeError);
      await expect(createMock({ scenario: name as Scenario })).rejects.toThrow(RangeError);
      expect(await create(mock), "and nothing of the list is taken").toEqual(created);
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
      expect(((await response.json()) as { detail: string }).detail).toMatch(/there is no scenario .*issued/);
    }
  });

  test("a base URL's scenario is for the operations that can have it", async () => {
    const mock = await createMock();
    const response = await mock.fetch(`${address}/@noPermission${getToken.path}?appkey=a&appsecret=b`);
    expect(await response.json()).toEqual(getToken.examples.issued?.value);
  });

  test("a scenario can be an option, and comes back with a reset", async () => {
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
    [
      "JSON",
      url(),
      { ...post, headers: { "Content-Type": "application/json" }, body: '{"name":"v"}' },
      415,
      "parameterError",
    ],
    ["percent-encoding that is none", url(), { ...post, body: "%zz=v" }, 400, "parameterError"],
    [
      "another method of getToken",
      `${address}${getToken.path}?appkey=a&appsecret=b`,
      { method: "POST" },
      405,
      "getRequired",
    ],
    ["no secret", `${address}${getToken.path}?appkey=a`, {}, 422, "missingParameter"],
  ])(
    "%s is Prism's report in strict mode, and what DingTalk answers in gateway mode",
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

  test("any other token is refused as invalid, and after `expireTokens` each as expired", async () => {
    const mock = await createMock({ mode: "gateway" });
    expect(await create(mock)).toEqual(exampleOf("invalidToken"));
    const { access_token } = await issue(mock);
    expect(await create(mock, access_token as string)).toEqual(created);
    mock.expireTokens();
    expect(await create(mock, access_token as string)).toEqual(exampleOf("expiredToken"));
    mock.reset();
    expect(await create(mock, access_token as string)).toEqual(exampleOf("invalidToken"));
  });

  test("a fixed one is what is issued, and lives again when it is", async () => {
    const mock = await createMock({ token: "fixed" });
    expect(await create(mock, "fixed")).toEqual(created);
    expect(await create(mock, "other")).toEqual(exampleOf("invalidToken"));
    expect(await issue(mock)).toMatchObject({ access_token: "fixed" });
    expect(await create(mock, "fixed")).toEqual(created);
    mock.expireTokens();
    expect(await create(mock, "fixed")).toEqual(exampleOf("expiredToken"));
    await issue(mock);
    expect(await create(mock, "fixed")).toEqual(created);
  });

  test("off in strict mode: any token will do", async () => {
    const mock = await createMock();
    expect(await create(mock, "any")).toEqual(created);
  });
});

describe("limits", () => {
  beforeEach(() => vi.useFakeTimers({ now: Date.now() }));
  afterEach(() => vi.useRealTimers());
  const { app } = gateway.limits;

  test("an operation's calls beyond its limit are refused until a second has gone by", async () => {
    const mock = await createMock({ limits: true });
    for (let count = 0; count < app.calls; count++) expect(await create(mock)).toEqual(created);
    expect(await create(mock)).toEqual(exampleOf("rateLimited"));
    expect(await issue(mock), "another operation has its own").toMatchObject({ errcode: 0 });
    vi.advanceTimersByTime(app.seconds * 1000);
    expect(await create(mock)).toEqual(created);
  });

  test("off unless they are asked for", async () => {
    const mock = await createMock();
    for (let count = 0; count < app.calls * 2; count++) expect(await create(mock)).toEqual(created);
  });
});

describe("the record", () => {
  test("has each request decoded, with the fingerprint of what is secret", async () => {
    const mock = await createMock();
    mock.next("noPermission");
    await create(mock, "canary", "name=a+b%26c&name=d&more=1");
    await issue(mock);
    const [first, second] = mock.requests as [RecordedRequest, RecordedRequest];
    expect(first).toEqual({
      operation: "addRoleGroup",
      method: "POST",
      path: addRoleGroup.path,
      query: { access_token: fingerprint("canary") },
      form: { name: ["a b&c", "d"], more: "1" },
      headers: { "content-type": form["Content-Type"], "content-length": "26" },
      time: expect.any(Date),
      token: fingerprint("canary"),
      violations: [],
      scenario: "noPermission",
      example: "noPermission",
      answer: 200,
    });
    expect(second.query).toEqual({ appkey: "key", appsecret: fingerprint("secret") });
  });

  test("shows no secret, wherever it is", async () => {
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
  ])("nor where its name is written otherwise: %s %j", async (url, init) => {
    const mock = await createMock();
    await mock.fetch(`${address}${addRoleGroup.path}${url}`, { method: "POST", ...init });
    expect(mock.requests).toHaveLength(1);
    expect(JSON.stringify(mock.requests)).not.toContain("canary");
  });

  test("a form of many values of one name costs no more than its length", async () => {
    const mock = await createMock();
    const start = performance.now();
    await create(mock, "t", "a&".repeat(20_000));
    expect(performance.now() - start).toBeLessThan(2000); // It was 5 s where each name was looked up anew.
  });

  test("a path that is percent-encoded is the operation's all the same", async () => {
    const mock = await createMock();
    const response = await mock.fetch(`${address}/%67ettoken?appkey=a&appsecret=b`);
    expect(response.status).toBe(200);
    expect(mock.requests).toMatchObject([{ operation: "getToken", violations: [] }]);
  });

  test("tells what came in the place of an answer", async () => {
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

  test("keeps the last ones, as many as it is told to, and tells of each", async () => {
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

  test("`duplicate` is there twice", async () => {
    const mock = await createMock();
    mock.next("duplicate");
    expect(await create(mock)).toEqual(created);
    expect(mock.requests.map(({ scenario }) => scenario)).toEqual(["duplicate", undefined]);
    mock.always("duplicate");
    expect(await create(mock)).toEqual(created);
    expect(mock.requests).toHaveLength(4);
  });
});

test.each([
  [{ mode: "other" }, 'mode must be "strict" or "gateway", not "other"'],
  [{ tokens: "yes" }, 'tokens must be true or false, not "yes"'],
  [{ onRequest: 3 }, "onRequest must be a function, not 3"],
  [{ keep: -1 }, "keep must be a whole number from 0, not -1"],
  [{ token: "" }, "token must be a string that is not empty"],
  [{ tokens: false, token: "t" }, "token needs live tokens: leave tokens out, or true"],
  [
    { limit: true },
    "there is no option limit: use mode, tokens, token, limits, scenario, keep, onRequest; for a server",
  ],
])("%j is refused by name", async (options, message) => {
  await expect(createMock(options as MockOptions)).rejects.toThrow(message);
});
