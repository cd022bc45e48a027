import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ClientOptions } from "./client-options.ts";
import type { ClientEvent } from "./events.ts";
import {
  type Answer,
  canary,
  created,
  never,
  type ObservedRequest,
  observedClient,
} from "./observed-client.test-helper.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const isTokenRequest = ({ url }: ObservedRequest) => url.pathname === "/gettoken";
const tokenOf = ({ url }: ObservedRequest) => url.searchParams.get("access_token");

/** An app's client against a server that issues `token 1`, `token 2`, … and answers creates as `answer` says. */
function appClient(answer: Answer = created, options: Partial<ClientOptions> = {}, issue?: Answer) {
  let issued = 0;
  const server = (request: ObservedRequest) => {
    if (!isTokenRequest(request)) return typeof answer === "function" ? answer(request) : answer;
    if (issue) return typeof issue === "function" ? issue(request) : issue;
    return { errcode: 0, access_token: `token ${++issued}`, expires_in: 7200 };
  };
  const observed = observedClient([server], { appKey: "key", appSecret: canary, rate: false, ...options } as never);
  return {
    ...observed,
    create: (name = "a") => observed.client.addRoleGroup({ name }),
    tokenRequests: () => observed.requests.filter(isTokenRequest),
    creates: () => observed.requests.filter((request) => !isTokenRequest(request)),
  };
}

const storeFailures = (events: ClientEvent[]) =>
  events.filter((event) => event.type === "token" && event.action === "store-failed");

describe("an app's key and secret", () => {
  test("any number of waiting calls need one fetch", async () => {
    const { create, tokenRequests, creates } = appClient();
    await Promise.all(Array.from({ length: 100 }, () => create()));
    expect(tokenRequests().map(({ url }) => url.search)).toEqual([
      `?appkey=key&appsecret=${encodeURIComponent(canary)}`,
    ]);
    expect(new Set(creates().map(tokenOf))).toEqual(new Set(["token 1"]));
  });

  test("a token with invalid characters is a TokenError, and nothing is sent with it", async () => {
    const { create, creates } = appClient(created, {}, { errcode: 0, access_token: "\ud800", expires_in: 7200 });
    await expect(create()).rejects.toMatchObject({
      name: "TokenError",
      outcome: "not-executed",
      cause: { name: "ResponseError", operation: "getToken" },
    });
    expect(creates()).toEqual([]);
  });

  test.each([0, -1, -7200])("a token that expires in %i s is used for one call only", async (expires_in) => {
    const { create, tokenRequests, creates } = appClient(created, {}, { errcode: 0, access_token: "t", expires_in });
    await create();
    await vi.advanceTimersByTimeAsync(SECOND);
    await create();
    expect(tokenRequests()).toHaveLength(2);
    expect(creates()).toHaveLength(2);
  });

  test("the token is kept until 10 minutes before it expires", async () => {
    const { create, tokenRequests } = appClient();
    await create();
    await vi.advanceTimersByTimeAsync(109 * MINUTE);
    await create();
    expect(tokenRequests()).toHaveLength(1);
  });

  test("in its last 10 minutes the token is renewed in the background, and the call does not wait", async () => {
    const { create, tokenRequests, creates } = appClient();
    await create();
    await vi.advanceTimersByTimeAsync(110 * MINUTE + 1);
    await Promise.all([create(), create()]);
    await vi.runAllTimersAsync();
    await create();
    expect(creates().map(tokenOf)).toEqual(["token 1", "token 1", "token 1", "token 2"]);
    expect(tokenRequests()).toHaveLength(2);
  });

  test("in its last 30 seconds the call waits for a new token", async () => {
    const { create, creates } = appClient();
    await create();
    await vi.advanceTimersByTimeAsync(120 * MINUTE - 30 * SECOND);
    await create();
    expect(creates().map(tokenOf)).toEqual(["token 1", "token 2"]);
  });

  test("a failed refresh is an event, fails no call, and is retried only after 30 seconds", async () => {
    let isDown = false;
    const issue = () =>
      isDown ? { errcode: 40096, errmsg: "x" } : { errcode: 0, access_token: "token", expires_in: 7200 };
    const { create, tokenRequests, events } = appClient(created, {}, issue);
    await create();
    await vi.advanceTimersByTimeAsync(111 * MINUTE);
    isDown = true;
    for (let second = 0; second < 60; second++) {
      await create();
      await vi.advanceTimersByTimeAsync(SECOND);
    }
    expect(tokenRequests()).toHaveLength(3);
    expect(events.filter((event) => event.type === "token" && event.action === "refresh-failed")).toHaveLength(2);
  });

  test("a refresh that is cut off, as in a Worker, begins again after 30 seconds, and no call waits for it", async () => {
    let isCut = false;
    const issue = () => (isCut ? new Promise(() => {}) : { errcode: 0, access_token: "token", expires_in: 7200 });
    const { create, tokenRequests } = appClient(created, { timeout: false, deadline: false }, issue);
    await create();
    await vi.advanceTimersByTimeAsync(111 * MINUTE);
    isCut = true;
    await create();
    await vi.advanceTimersByTimeAsync(29 * SECOND);
    await create();
    expect(tokenRequests()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(SECOND);
    isCut = false;
    await create();
    expect(tokenRequests()).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(9 * MINUTE);
    await create();
    expect(tokenRequests()).toHaveLength(3);
  });

  test("a call waits 5 seconds for another call's fetch, which a Worker may have cut off, and then begins its own fetch", async () => {
    let isCut = true;
    const issue = () => (isCut ? new Promise(() => {}) : { errcode: 0, access_token: "token", expires_in: 7200 });
    const { create, tokenRequests, events } = appClient(created, { timeout: false, deadline: false }, issue);
    create();
    await vi.advanceTimersByTimeAsync(0);
    isCut = false;
    const calls = Promise.all([create(), create(), create()]);
    await vi.advanceTimersByTimeAsync(5 * SECOND - 1);
    expect(tokenRequests()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await calls).toHaveLength(3);
    expect(tokenRequests()).toHaveLength(2);
    expect(events.filter(({ type }) => type === "token")).toEqual([{ type: "token", action: "fetched" }]);
    await create();
    expect(tokenRequests()).toHaveLength(2);
  });

  test("a call that ends while it waits for another call's fetch begins no fetch", async () => {
    const { client, tokenRequests } = appClient(created, { timeout: false }, () => new Promise(() => {}));
    const call = () => client.addRoleGroup({ name: "a" }, { deadline: 5 * SECOND }).catch(({ name }) => name);
    const calls = Promise.all(Array.from({ length: 20 }, call));
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(await calls).toEqual(Array(20).fill("TimeoutError"));
    expect(tokenRequests()).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a clock that was set back does not delay a refresh", async () => {
    const issue = () => ({ errcode: 40096, errmsg: "x" });
    let issued = 0;
    const { create, tokenRequests } = appClient(created, {}, () =>
      issued++ ? issue() : { errcode: 0, access_token: "token", expires_in: 7200 },
    );
    await create();
    await vi.advanceTimersByTimeAsync(111 * MINUTE);
    await create();
    vi.setSystemTime(Date.now() - MINUTE);
    await vi.advanceTimersByTimeAsync(30 * SECOND);
    await create();
    expect(tokenRequests()).toHaveLength(3);
  });

  test("a failed fetch is not kept: the next call fetches again", async () => {
    const answers = [
      { errcode: 40096, errmsg: "x" },
      { errcode: 0, access_token: "token", expires_in: 7200 },
    ];
    const { create, tokenRequests } = appClient(created, {}, () => answers.shift());
    await expect(create()).rejects.toMatchObject({
      name: "TokenError",
      operation: "addRoleGroup",
      outcome: "not-executed",
      message: "addRoleGroup: no access token: getToken failed: 40096 x",
      cause: { name: "ApiError", operation: "getToken", errcode: 40096, category: "credentials" },
    });
    expect(await create()).toEqual({ groupId: 1560985325 });
    expect(tokenRequests()).toHaveLength(2);
  });

  test("a fetch whose outcome is unknown leaves the create not executed", async () => {
    const { create, creates } = appClient(created, { retries: 0 }, never);
    const settled = create().catch((error) => error);
    await vi.runAllTimersAsync();
    expect(await settled).toMatchObject({ name: "TokenError", outcome: "not-executed", cause: { outcome: "unknown" } });
    expect(creates()).toHaveLength(0);
  });

  test("an aborted call does not abort the fetch that other calls wait for", async () => {
    const slow = () =>
      new Promise((resolve) => setTimeout(resolve, SECOND, { errcode: 0, access_token: "token", expires_in: 7200 }));
    const { client, create, tokenRequests } = appClient(created, {}, slow);
    const controller = new AbortController();
    const left = client.addRoleGroup({ name: "a" }, { signal: controller.signal }).catch((error) => error);
    const stays = create();
    await vi.advanceTimersByTimeAsync(10);
    controller.abort();
    await vi.runAllTimersAsync();
    expect(await left).toMatchObject({ name: "AbortError", outcome: "not-executed" });
    expect(await stays).toEqual({ groupId: 1560985325 });
    expect(tokenRequests()).toHaveLength(1);
  });

  test("a short lifetime is divided in the same proportions", async () => {
    const { create, tokenRequests } = appClient(created, {}, { errcode: 0, access_token: "token", expires_in: 60 });
    await create();
    await vi.advanceTimersByTimeAsync(54 * SECOND);
    await create();
    expect(tokenRequests()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    await create();
    expect(tokenRequests()).toHaveLength(2);
  });
});

describe("a token that DingTalk refuses", () => {
  const refuse = (refused: string[], answer: object) => (request: ObservedRequest) =>
    refused.includes(tokenOf(request) as string) ? answer : created;

  test.each([
    ["bare", { errcode: 42001, errmsg: "x" }],
    ["under 88", { errcode: 88, sub_code: "40014", errmsg: "x" }],
    ["under 88, as a number", { errcode: 88, sub_code: 40014, errmsg: "x" }],
    ["as a string", { errcode: "40001", errmsg: "x" }],
  ])("%s is dropped, and the call is resent once", async (_, answer) => {
    const { create, creates, events } = appClient(refuse(["token 1"], answer));
    await create();
    expect(creates().map(tokenOf)).toEqual(["token 1", "token 2"]);
    expect(events.filter(({ type }) => type === "token")).toEqual([
      { type: "token", action: "fetched" },
      { type: "token", action: "rejected" },
      { type: "token", action: "fetched" },
    ]);
  });

  test("is dropped once, even if many calls get the refusal: one fetch", async () => {
    const { create, creates, tokenRequests } = appClient(refuse(["token 1"], { errcode: 42001, errmsg: "x" }));
    await Promise.all(Array.from({ length: 50 }, () => create()));
    expect(tokenRequests()).toHaveLength(2);
    expect(creates()).toHaveLength(100);
  });

  test("is not sent a third time", async () => {
    const { create, creates } = appClient(refuse(["token 1", "token 2"], { errcode: 40014, errmsg: "x" }));
    await expect(create()).rejects.toMatchObject({ errcode: 40014, outcome: "not-executed" });
    expect(creates()).toHaveLength(2);
  });

  test("is not restored by a refresh that began earlier", async () => {
    let release: (answer: object) => void = () => {};
    const answers: unknown[] = [
      { errcode: 0, access_token: "token 1", expires_in: 7200 },
      new Promise((resolve) => {
        release = resolve;
      }),
      { errcode: 0, access_token: "token 2", expires_in: 7200 },
    ];
    let isRefused = false;
    const answer = (request: ObservedRequest) =>
      isRefused && tokenOf(request) === "token 1" ? { errcode: 40014, errmsg: "x" } : created;
    const { create, creates } = appClient(answer, { timeout: false, deadline: false }, () => answers.shift());
    await create();
    await vi.advanceTimersByTimeAsync(111 * MINUTE);
    await create(); // Begins the refresh, which does not end.
    isRefused = true;
    await create(); // Drops token 1, and fetches token 2.
    release({ errcode: 0, access_token: "token 1", expires_in: 7200 });
    await vi.advanceTimersByTimeAsync(1);
    await create();
    expect(creates().map(tokenOf)).toEqual(["token 1", "token 1", "token 1", "token 2", "token 2"]);
  });

  test("is used and kept if getToken issues it again, because then DingTalk confirms it", async () => {
    let refusals = 1;
    const { create, tokenRequests } = appClient(
      () => (refusals-- > 0 ? { errcode: 40014, errmsg: "x" } : created),
      {},
      { errcode: 0, access_token: "token", expires_in: 7200 },
    );
    await create();
    await create();
    await create();
    expect(tokenRequests()).toHaveLength(2);
  });

  test("from the caller's function makes the client call that function once more", async () => {
    let calls = 0;
    const { client, requests } = observedClient([refuse(["t1"], { errcode: 42001, errmsg: "x" })], {
      accessToken: () => `t${++calls}`,
    });
    await client.addRoleGroup({ name: "a" });
    expect(requests.map(tokenOf)).toEqual(["t1", "t2"]);
  });
});

describe("in an answer that quotes a secret of the client, the client redacts", () => {
  /** The error of a create whose answer quotes everything that the app's client has sent. */
  async function errorAfter(sent: readonly string[], expires: readonly string[] = []) {
    const answer = (request: ObservedRequest) => {
      const [errcode, text] = [expires.includes(tokenOf(request) ?? "") ? 42001 : 60011, sent.join(" ")];
      return { errcode: 88, sub_code: errcode, sub_msg: `x ${text}`, errmsg: `x ${text}`, request_id: `x ${text}` };
    };
    return appClient(answer)
      .create()
      .catch((error) => error);
  }

  test.each([
    ["the app's secret, in a create's answer", [canary, encodeURIComponent(canary)], []],
    [
      "the token that was refused before, in a second attempt's answer",
      ["token 1", "token+1", "token%201"],
      ["token 1"],
    ],
  ])("%s", async (_, sent, expires) => {
    const error = await errorAfter(sent, expires);
    const text = `x ${sent.map(() => "***").join(" ")}`;
    expect(error).toMatchObject({ errcode: 60011, errmsg: text, requestId: text });
    expect(error.message).toBe(`addRoleGroup failed: 60011 ${text} (request_id ${text})`);
  });
});

test("an answer to getToken that quotes the client's token string is redacted", async () => {
  const { client } = observedClient([{ errcode: 40089, errmsg: `x ${canary} s e c r e t` }]);
  const failed = client.getToken({ appkey: "a", appsecret: "s e c r e t" });
  await expect(failed).rejects.toMatchObject({ errmsg: "x *** ***" });
});

test("each answer redacts the last tokens, and both of two tokens with the same beginning", async () => {
  let calls = 0;
  const answer = () => ({
    errcode: 60011,
    errmsg: Array.from({ length: calls }, (_, index) => `token ${index + 1}`).join(),
  });
  const { client } = observedClient([answer], { accessToken: () => `token ${++calls}`, rate: false });
  const errors = [];
  for (let call = 0; call < 11; call++) errors.push(await client.addRoleGroup({ name: "a" }).catch((error) => error));
  expect(errors[2]).toMatchObject({ errmsg: "***,***,***" });
  expect(errors[10].errmsg).toMatch(/^(token \d,)*(\*{3},){7}\*{3}$/);
});

test("each of many simultaneous calls redacts its own token, even if many other tokens were sent before its answer", async () => {
  let calls = 0;
  const { client } = observedClient([(request: ObservedRequest) => ({ errcode: 60011, errmsg: tokenOf(request) })], {
    accessToken: () => `token ${++calls}`,
    rate: false,
  });
  const errors = await Promise.all(
    Array.from({ length: 20 }, () => client.addRoleGroup({ name: "a" }).catch((error) => error.errmsg)),
  );
  expect(errors).toEqual(Array(20).fill("***"));
});

describe("a token function", () => {
  test.each([
    ["throws", () => Promise.reject(new Error("vault is down")), "the accessToken function failed"],
    [
      "returns nothing",
      () => undefined,
      "the accessToken function must return a string of printable ASCII characters, not undefined",
    ],
    [
      "returns an empty string",
      () => "",
      "the accessToken function must return a string of printable ASCII characters, not an empty string",
    ],
    [
      "returns a token with a line break, as from a file",
      () => "canary\n",
      "the accessToken function must return a string of printable ASCII characters, not another string",
    ],
  ])("that %s is a TokenError before anything is sent", async (_, accessToken, message) => {
    const { client, requests } = observedClient([created], { accessToken: accessToken as never });
    await expect(client.addRoleGroup({ name: "a" })).rejects.toMatchObject({
      name: "TokenError",
      outcome: "not-executed",
      message: `addRoleGroup: no access token: ${message}`,
    });
    expect(requests).toEqual([]);
  });
});

describe("a store", () => {
  /** A store like Keyv: values by key, until their `ttl` in milliseconds has passed. */
  function store() {
    const values = new Map<string, { value: string; until: number }>();
    return {
      values,
      get: async (key: string) => {
        const found = values.get(key);
        return found && found.until > Date.now() ? found.value : undefined;
      },
      set: async (key: string, value: string, ttl: number) => void values.set(key, { value, until: Date.now() + ttl }),
    };
  }

  test("gives two clients one token", async () => {
    const tokenStore = store();
    const [one, other] = [appClient(created, { tokenStore } as never), appClient(created, { tokenStore } as never)];
    await one.create();
    await other.create();
    expect(one.tokenRequests()).toHaveLength(1);
    expect(other.tokenRequests()).toHaveLength(0);
    expect(other.creates().map(tokenOf)).toEqual(["token 1"]);
    expect([...tokenStore.values.keys()]).toEqual(["dingrole:https://oapi.dingtalk.io:key"]);
    expect([...tokenStore.values.values()]).toMatchObject([{ until: Date.now() + 120 * MINUTE }]);
  });

  test("keeps apps and hosts apart", async () => {
    const tokenStore = store();
    const one = appClient(created, { tokenStore } as never);
    const host = appClient(created, { tokenStore, region: "china" } as never);
    const app = appClient(created, { tokenStore, appKey: "other" } as never);
    for (const each of [one, host, app]) await each.create();
    expect([...tokenStore.values.keys()]).toHaveLength(3);
  });

  test("gives later clients the new token after a refused one", async () => {
    const tokenStore = store();
    let refused: string | undefined;
    const answer = (request: ObservedRequest) =>
      tokenOf(request) === refused ? { errcode: 40014, errmsg: "x" } : created;
    const [one, other] = [appClient(answer, { tokenStore } as never), appClient(answer, { tokenStore } as never)];
    await one.create();
    await other.create();
    refused = "token 1";
    await one.create();
    await other.create();
    expect(one.tokenRequests()).toHaveLength(2);
    expect(other.tokenRequests()).toHaveLength(0);
    expect(other.creates().map(tokenOf)).toEqual(["token 1", "token 1", "token 2"]);
  });

  test("that parses its values, like Upstash's client, gives two clients one token", async () => {
    const values = new Map<string, unknown>();
    const tokenStore = {
      get: (key: string) => values.get(key) ?? null,
      set: (key: string, value: string) => values.set(key, JSON.parse(value)),
    };
    const [one, other] = [appClient(created, { tokenStore } as never), appClient(created, { tokenStore } as never)];
    await one.create();
    await other.create();
    expect(other.creates().map(tokenOf)).toEqual(["token 1"]);
    expect(other.tokenRequests()).toHaveLength(0);
    expect(storeFailures([...one.events, ...other.events])).toEqual([]);
  });

  test("can be a Map", async () => {
    const tokenStore = new Map<string, string>();
    await appClient(created, { tokenStore } as never).create();
    const other = appClient(created, { tokenStore } as never);
    await other.create();
    expect(other.tokenRequests()).toHaveLength(0);
  });

  test.each([
    ["get fails", { get: () => Promise.reject(new Error(canary)), set() {} }, "tokenStore.get: Error"],
    [
      "get throws",
      {
        get: () => {
          throw new Error(canary);
        },
        set() {},
      },
      "tokenStore.get: Error",
    ],
    ["set fails", { get() {}, set: () => Promise.reject(new Error(canary)) }, "tokenStore.set: Error"],
    ["get returns invalid JSON", { get: () => "{", set() {} }, "tokenStore.get: SyntaxError"],
    ["get returns another shape", { get: () => '{"value":7}', set() {} }, "tokenStore.get: TypeError"],
    ["get returns an object of another shape", { get: () => ({ value: 7 }), set() {} }, "tokenStore.get: TypeError"],
    ["get returns an object without a token", { get: () => ({ a: canary }), set() {} }, "tokenStore.get: SyntaxError"],
  ])("whose %s reports an event, and fails no call", async (_, tokenStore, message) => {
    const { create, events } = appClient(created, { tokenStore } as never);
    expect(await create()).toEqual({ groupId: 1560985325 });
    const failures = storeFailures(events);
    expect(failures).toMatchObject([{ error: { message } }]);
    expect(String((failures[0] as { error: Error }).error.stack)).not.toContain("canary");
  });
});

test.each(["get", "set"])("a store whose %s never answers costs 2 seconds, and reports an event", async (method) => {
  const tokenStore = { get() {}, set() {}, [method]: () => new Promise(() => {}) };
  const { create, events } = appClient(created, { tokenStore, timeout: false } as never);
  const calls = Promise.all([create(), create()]);
  await vi.advanceTimersByTimeAsync(2 * SECOND + 1);
  expect(await calls).toHaveLength(2);
  expect(storeFailures(events)).toMatchObject([{ error: { message: `tokenStore.${method}: TimeoutError` } }]);
  await create();
  expect(vi.getTimerCount()).toBe(0);
});

test("a token that was fetched before a refusal does not overwrite the newer token in the store", async () => {
  const kept: string[] = [];
  const tokenStore = { get() {}, set: (_: string, text: string) => void kept.push(JSON.parse(text).value) };
  let letGo = () => {};
  let issued = 0;
  const issue = async () => {
    const value = `token ${++issued}`;
    if (issued === 2) await new Promise<void>((resolve) => (letGo = resolve));
    return Response.json({ errcode: 0, access_token: value, expires_in: 7200 });
  };
  let refused = "";
  const answer = (request: ObservedRequest) =>
    tokenOf(request) === refused ? { errcode: 40014, errmsg: "x" } : created;
  const { create, creates } = appClient(answer, { tokenStore } as never, issue);
  await create();
  await vi.advanceTimersByTimeAsync(111 * MINUTE);
  await create(); // Its token is renewed in the background, slowly.
  refused = "token 1";
  await create();
  letGo();
  await vi.advanceTimersByTimeAsync(0);
  expect(creates().map(tokenOf)).toEqual(["token 1", "token 1", "token 1", "token 3"]);
  expect(kept).toEqual(["token 1", "token 3"]);
});

test("calls that waited for a token keep the rate", async () => {
  const issue = async () => {
    await new Promise((resolve) => setTimeout(resolve, 4 * SECOND));
    return Response.json({ errcode: 0, access_token: "t", expires_in: 7200 });
  };
  const { create, creates } = appClient(created, { rate: 10 }, issue);
  const start = performance.now();
  const calls = Promise.all(Array.from({ length: 30 }, () => create()));
  await vi.runAllTimersAsync();
  await calls;
  const seconds = creates().map(({ at }) => Math.floor((at - start) / SECOND));
  expect(seconds).toEqual([...Array(10).fill(4), ...Array(10).fill(5), ...Array(10).fill(6)]);
});

test("calls that waited for a slot, and then for a token, keep the rate", async () => {
  let valid = "token 1";
  const answer = (request: ObservedRequest) => (tokenOf(request) === valid ? created : { errcode: 40014, errmsg: "x" });
  let issued = 0;
  const issue = async () => {
    if (++issued > 1) await new Promise((resolve) => setTimeout(resolve, 2.5 * SECOND));
    return Response.json({ errcode: 0, access_token: `token ${issued}`, expires_in: 7200 });
  };
  const { create, creates } = appClient(answer, { rate: 10 }, issue);
  await create();
  valid = "token 2";
  const calls = Promise.all(Array.from({ length: 40 }, () => create()));
  await vi.runAllTimersAsync();
  expect(await calls).toHaveLength(40);
  const times = creates().map(({ at }) => at);
  expect(times.filter((at, index) => at - (times[index - 10] ?? -Infinity) < SECOND)).toEqual([]);
});

test("a call that waited for its slot uses the token of that moment", async () => {
  let refused = "";
  const answer = (request: ObservedRequest) =>
    tokenOf(request) === refused ? { errcode: 40014, errmsg: "x" } : created;
  const { create, creates } = appClient(answer, { rate: 1 });
  await create();
  refused = "token 1";
  const calls = Promise.all([create(), create()]);
  await vi.runAllTimersAsync();
  await calls;
  expect(creates().map(tokenOf)).toEqual(["token 1", "token 1", "token 2", "token 2"]);
});

test("tokens that live shorter than the queue do not block it for ever", async () => {
  const { create, creates } = appClient(created, { rate: 2 }, { errcode: 0, access_token: "t", expires_in: 0 });
  const calls = Promise.all(Array.from({ length: 6 }, () => create()));
  await vi.runAllTimersAsync();
  expect(await calls).toHaveLength(6);
  expect(creates()).toHaveLength(6);
});

describe("the accessToken function of calls that wait for a slot", () => {
  test("is called once for each attempt", async () => {
    const accessToken = vi.fn(async () => "t");
    const { client } = observedClient([created], { accessToken, rate: 1 });
    const calls = Promise.all(["a", "b", "c"].map((name) => client.addRoleGroup({ name })));
    await vi.runAllTimersAsync();
    await calls;
    expect(accessToken).toHaveBeenCalledTimes(3);
  });

  test("is called again if the token was refused during the wait: no call is sent with the refused token", async () => {
    let valid = "old";
    const answer: Answer = (request) => (tokenOf(request) === valid ? created : { errcode: 42001, errmsg: "x" });
    const { client, requests } = observedClient([answer], { accessToken: async () => valid, rate: 10 });
    const calls = Promise.all(Array.from({ length: 40 }, (_, index) => client.addRoleGroup({ name: `${index}` })));
    await vi.advanceTimersByTimeAsync(500);
    valid = "new";
    await vi.runAllTimersAsync();
    expect(await calls).toHaveLength(40);
    const sentInVain = requests.slice(10).filter((request) => tokenOf(request) === "old");
    expect(sentInVain.length).toBeLessThanOrEqual(10); // The calls that were sent before the first answer.
  });
});

test("a call that is already aborted needs neither a slot nor a token", async () => {
  const limiter = vi.fn();
  const { client, requests } = appClient(created, { limiter });
  const ended = client.addRoleGroup({ name: "a" }, { signal: AbortSignal.abort() });
  await expect(ended).rejects.toMatchObject({ name: "AbortError", outcome: "not-executed" });
  expect(limiter).not.toHaveBeenCalled();
  expect(requests).toEqual([]);
});

test("a limiter that throws undefined during a token fetch is a TokenError", async () => {
  const limiter = (operation: string) => (operation === "getToken" ? Promise.reject() : undefined);
  const { create } = appClient(created, { limiter });
  await expect(create()).rejects.toMatchObject({ name: "TokenError", outcome: "not-executed" });
});

test("10,000 calls with a token that expires need one fetch for each expiry, without an unhandled rejection", async () => {
  const unheard: unknown[] = [];
  const listener = (reason: unknown) => unheard.push(reason);
  process.on("unhandledRejection", listener);
  let valid = "token 1";
  const answer = (request: ObservedRequest) => (tokenOf(request) === valid ? created : { errcode: 42001, errmsg: "x" });
  const { create, tokenRequests, creates } = appClient(answer);
  for (const token of ["token 1", "token 2", "token 3"]) {
    valid = token;
    await Promise.all(Array.from({ length: 10_000 }, () => create()));
  }
  process.off("unhandledRejection", listener);
  expect(tokenRequests()).toHaveLength(3);
  expect(creates()).toHaveLength(50_000);
  expect(unheard).toEqual([]);
});
