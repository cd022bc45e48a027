import { expect, test } from "vitest";
import { resolveOptions } from "./resolve-options.ts";

const accessToken = "canary-6d1bxxxx";
const app = { appKey: "key", appSecret: "canary-secret" };

test.each([
  ["no options", undefined, "pass accessToken alone, or both appKey and appSecret"],
  ["no credentials", {}, "pass accessToken alone, or both appKey and appSecret"],
  ["an app without its secret", { appKey: "key" }, "pass accessToken alone, or both appKey and appSecret"],
  ["a token and an app", { accessToken, ...app }, "pass accessToken alone, or both appKey and appSecret"],
  ["a token and a store", { accessToken, tokenStore: new Map() }, "pass accessToken alone, or both"],
  [
    "an empty token",
    { accessToken: "" },
    "accessToken must be a string of printable ASCII characters, or a function that returns one, not an empty string",
  ],
  [
    "a token of another type",
    { accessToken: 7 },
    "accessToken must be a string of printable ASCII characters, or a function that returns one, not 7",
  ],
  [
    "an empty secret",
    { appKey: "key", appSecret: "" },
    "appSecret must be a string of printable ASCII characters, not an empty string",
  ],
  ["a store without set", { ...app, tokenStore: { get() {} } }, "tokenStore must be an object with get and set"],
  [
    "a misspelled option",
    { accessToken, baseURL: "https://example.com" },
    "unknown option baseURL: expected accessToken,",
  ],
  ["an option named like a property of every object", { accessToken, constructor: 1 }, "unknown option constructor"],
  ["an unknown region", { accessToken, region: "moon" }, "region must be international or china, not another string"],
  ["a fetch that is not a function", { accessToken, fetch: null }, "fetch must be a function"],
  ["an invalid base URL", { accessToken, baseUrl: "oapi.dingtalk.io" }, "baseUrl must be an https: URL string"],
  ["a base URL of another type", { accessToken, baseUrl: 7 }, "baseUrl must be an https: URL string"],
  [
    "http beyond loopback",
    { accessToken, baseUrl: "http://example.com" },
    "baseUrl must be an https: URL string, or http: on loopback",
  ],
  [
    "http to a name that begins like loopback",
    { accessToken, baseUrl: "http://127.0.0.1.example.com" },
    "baseUrl must be",
  ],
  ["another scheme", { accessToken, baseUrl: "ftp://localhost" }, "baseUrl must be an https: URL string"],
  ["credentials in the base URL", { accessToken, baseUrl: "https://user:canary@example.com" }, "baseUrl must be"],
  ["only a user in the base URL", { accessToken, baseUrl: "https://user@example.com" }, "baseUrl must be"],
  ["only a password in the base URL", { accessToken, baseUrl: "https://:canary@example.com" }, "baseUrl must be"],
  ["a fragment in the base URL", { accessToken, baseUrl: "https://example.com/#a" }, "baseUrl must be"],
  [
    "http to a name under localhost, which any resolver may answer",
    { accessToken, baseUrl: "http://a.localhost" },
    "baseUrl must be",
  ],
  ["http to a name that ends like loopback", { accessToken, baseUrl: "http://a127.0.0.1.com" }, "baseUrl must be"],
  ["a token with a lone surrogate", { accessToken: "canary\ud800" }, "accessToken must be"],
  ["an empty query in the base URL", { accessToken, baseUrl: "https://example.com/?" }, "baseUrl must be"],
  ["an empty fragment in the base URL", { accessToken, baseUrl: "https://example.com/#" }, "baseUrl must be"],
  ["a base URL that is not a string", { accessToken, baseUrl: new URL("https://example.com") }, "baseUrl must be"],
  ["a base URL with an invalid port", { accessToken, baseUrl: "https://a:99999" }, "baseUrl must be"],
  ["a base URL without a host", { accessToken, baseUrl: "https:///a" }, "baseUrl must be"],
  ["a space after the base URL", { accessToken, baseUrl: "https://example.com " }, "baseUrl must be"],
  ["a newline after the base URL's path", { accessToken, baseUrl: "https://example.com/a\n" }, "baseUrl must be"],
  ["a NUL in the base URL", { accessToken, baseUrl: "https://example.com\0" }, "baseUrl must be"],
  ["null for a store", { ...app, tokenStore: null }, "tokenStore must be an object with get and set"],
  ["loopback as a user", { accessToken, baseUrl: "http://localhost:80@example.com" }, "baseUrl must be"],
  ["loopback before a backslash", { accessToken, baseUrl: "http://localhost\\@example.com" }, "baseUrl must be"],
  ["a query in the base URL", { accessToken, baseUrl: "https://example.com/?a=b" }, "baseUrl must be"],
  ["a timeout of 0", { accessToken, timeout: 0 }, "timeout must be milliseconds above 0 and below 2 ** 31, or false"],
  ["a token with a newline, as from a file", { accessToken: "canary\n" }, "accessToken must be a string of printable"],
  ["a timeout that is a symbol", { accessToken, timeout: Symbol() }, "timeout must be milliseconds"],
  ["a rate that is a symbol", { accessToken, rate: Symbol() }, "rate must be a number"],
  ["a timeout that is a string", { accessToken, timeout: "1" }, "timeout must be milliseconds"],
  ["a timeout that is not a number", { accessToken, timeout: Number.NaN }, "timeout must be milliseconds"],
  ["a deadline that is too long for a timer", { accessToken, deadline: 2 ** 31 }, "deadline must be milliseconds"],
  ["retries below 0", { accessToken, retries: -1 }, "retries must be an integer from 0"],
  ["half a retry", { accessToken, retries: 0.5 }, "retries must be an integer from 0"],
  ["a rate of 0", { accessToken, rate: 0 }, "rate must be a number from 0.001 to 1e6, or false"],
  ["a limiter that is not a function", { accessToken, limiter: {} }, "limiter must be a function"],
  ["a size of 0", { accessToken, maxResponseSize: 0 }, "maxResponseSize must be a number above 0"],
  ["a hook that is not a function", { accessToken, onEvent: "log" }, "onEvent must be a function"],
])("%s is a TypeError that names the option, and shows no secret", (_, options, message) => {
  expect(() => resolveOptions(options as never)).toThrow(TypeError);
  expect(() => resolveOptions(options as never)).toThrow(`createClient: ${message}`);
  expect(() => resolveOptions(options as never)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("canary") }),
  );
});

test.each([
  ["https://oapi.dingtalk.com", "https://oapi.dingtalk.com"],
  ["https://example.com/proxy/", "https://example.com/proxy"],
  ["http://localhost:4010", "http://localhost:4010"],
  ["http://127.0.0.1:4010/", "http://127.0.0.1:4010"],
  ["http://[::1]:4010", "http://[::1]:4010"],
  ["HTTPS://example.com/@proxy/", "HTTPS://example.com/@proxy"],
])("%s is a base URL", (baseUrl, expected) => {
  expect(resolveOptions({ accessToken, baseUrl }).baseUrl).toBe(expected);
});

test("an option that is undefined has its default", () => {
  const options = { accessToken, baseUrl: undefined, timeout: undefined, rate: undefined };
  expect(resolveOptions(options as never)).toMatchObject({
    baseUrl: "https://oapi.dingtalk.io",
    timeout: 12_000,
    deadline: 60_000,
    retries: 3,
    rate: 20,
    maxResponseSize: 1_048_576,
    limiter: expect.any(Function),
  });
});

test("a rate of false means no limiter, and a limiter replaces the rate", () => {
  expect(resolveOptions({ accessToken, rate: false }).limiter).toBeUndefined();
  const limiter = () => undefined;
  expect(resolveOptions({ accessToken, limiter }).limiter).toBe(limiter);
});
