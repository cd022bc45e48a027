import { join } from "node:path";
import type { Category } from "@dingrole/client";
import { type MockServer, type Scenario, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Failure } from "./programs/service.ts";
import { serveApp } from "./serve-app.ts";

type Service = typeof import("./programs/service.ts");
const { createService }: Service = await import(join(inject("installed"), "programs/service.ts"));

let mock: MockServer;
beforeAll(async () => {
  mock = await startMock();
});
afterAll(() => mock.close());

interface Case {
  /** The scenario of every call to DingTalk. */
  scenario?: Scenario;
  /** Options of the service's client, besides the token and the mock. */
  options?: object;
  name?: string;
  /** The answer of the service. */
  answer: [status: number, title: Failure["name"], outcome: string];
  retryAfter?: RegExp;
}

/** For an errcode that no example of the description has. */
const answering = (errcode: number) => ({ fetch: async () => Response.json({ errcode, errmsg: "no" }) });

const app = { accessToken: undefined, appKey: "key", appSecret: "secret" };
const failing = () => Promise.reject(new Error("the vault is closed"));

/** The answers, by category of a refusal and by class of any other error. A missing one does not compile. */
const cases: Record<Category | Exclude<Failure["name"], "ApiError">, Case> = {
  "invalid-request": { scenario: "parameterError", answer: [422, "ApiError", "not-executed"] },
  "rate-limit": {
    scenario: "rateLimitedWrapped",
    options: { retries: 0 },
    answer: [429, "ApiError", "not-executed"],
    retryAfter: /^1$/,
  },
  token: { scenario: "invalidTokenWrapped", answer: [500, "ApiError", "not-executed"] },
  credentials: { scenario: "wrongCredentials", options: app, answer: [500, "TokenError", "not-executed"] },
  permission: { scenario: "noPermission", answer: [500, "ApiError", "not-executed"] },
  "ip-allowlist": { scenario: "ipNotAllowed", answer: [500, "ApiError", "not-executed"] },
  busy: { scenario: "busyWrapped", answer: [502, "ApiError", "unknown"] },
  other: { options: answering(71_006), answer: [502, "ApiError", "not-executed"] },
  quota: { options: answering(90_020), answer: [503, "ApiError", "not-executed"] },

  InputError: { name: "", answer: [400, "InputError", "not-executed"] },
  TokenError: { options: { accessToken: failing }, answer: [500, "TokenError", "not-executed"] },
  HttpError: { scenario: "status:500", answer: [502, "HttpError", "unknown"] },
  NetworkError: { scenario: "resetAfterRead", answer: [502, "NetworkError", "unknown"] },
  ResponseError: { scenario: "emptyBody", answer: [502, "ResponseError", "unknown"] },
  BlockedError: {
    scenario: "ipBlockedPage",
    answer: [503, "BlockedError", "not-executed"],
    retryAfter: /^(300|29\d)$/,
  },
  TimeoutError: { scenario: "stall", options: { timeout: 300 }, answer: [504, "TimeoutError", "unknown"] },
  AbortError: { answer: [499, "AbortError", "not-executed"] },
};

function start(options: object = {}) {
  return createService({ accessToken: "canary-6d1bxxxx", baseUrl: mock.url, ...options });
}

const toRequest = (name: string, init: RequestInit = {}) => ({
  method: "POST",
  body: JSON.stringify({ name }),
  ...init,
});

const sent = Object.entries(cases).filter(([kind]) => kind !== "AbortError");
test.each(sent)("%s has its own status, and shows no secret", async (_, expected) => {
  const { scenario, options, name = "制造部", answer, retryAfter } = expected;
  mock.reset();
  if (scenario) mock.always(scenario);
  await using service = await serveApp(start(options));
  const response = await fetch(`${service.url}/role-groups`, toRequest(name));
  const { title, outcome, ...problem } = (await response.json()) as Record<string, unknown>;
  expect([response.status, title, outcome]).toEqual(answer);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  if (retryAfter) expect(response.headers.get("retry-after")).toMatch(retryAfter);
  else expect(response.headers.get("retry-after")).toBeNull();
  expect(JSON.stringify(problem)).not.toMatch(/canary|access_token=|vault/);
});

test("if the caller goes away, the call ends", async () => {
  mock.reset();
  const request = toRequest("制造部", { signal: AbortSignal.abort() });
  const response = await start().request("/role-groups", request);
  const { title, outcome } = (await response.json()) as Record<string, unknown>;
  expect([response.status, title, outcome]).toEqual(cases.AbortError.answer);
  expect(mock.requests).toEqual([]);
});

test("a created role group is a 201 with its id", async () => {
  mock.reset();
  await using service = await serveApp(start());
  const response = await fetch(`${service.url}/role-groups`, toRequest("制造部"));
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ groupId: 1560985325 });
});

test("a body that is not JSON is the caller's fault", async () => {
  const response = await start().request("/role-groups", { method: "POST", body: "name=a" });
  expect(response.status).toBe(400);
});
