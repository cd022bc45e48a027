import { expect, test } from "vitest";
import { resolveOptions } from "./client-options.ts";

const accessToken = "canary-6d1bxxxx";

test.each([
  ["no options", undefined, "accessToken is required"],
  ["no token", {}, "accessToken is required"],
  ["an empty token", { accessToken: "" }, "accessToken is required"],
  ["a token of another type", { accessToken: 7 }, "accessToken is required"],
  ["a misspelt option", { accessToken, baseURL: "https://example.com" }, "there is no option baseURL"],
  ["a fetch that is no function", { accessToken, fetch: null }, "fetch must be a function, not null"],
  ["a base URL that is none", { accessToken, baseUrl: "oapi.dingtalk.io" }, "baseUrl is not a URL"],
  ["a base URL of another type", { accessToken, baseUrl: 7 }, "baseUrl is not a URL"],
  ["http beyond loopback", { accessToken, baseUrl: "http://example.com" }, "baseUrl must be https:"],
  [
    "http to a name that begins like loopback",
    { accessToken, baseUrl: "http://127.0.0.1.example.com" },
    "baseUrl must be https:",
  ],
  ["another scheme", { accessToken, baseUrl: "ftp://localhost" }, "baseUrl must be https:"],
  [
    "credentials in the base URL",
    { accessToken, baseUrl: "https://user:secret@example.com" },
    "baseUrl must have no query",
  ],
  ["a query in the base URL", { accessToken, baseUrl: "https://example.com/?a=b" }, "baseUrl must have no query"],
])("%s is an error that names the option", (_, options, message) => {
  expect(() => resolveOptions(options as never)).toThrow(TypeError);
  expect(() => resolveOptions(options as never)).toThrow(`createClient: ${message}`);
});

test("no message has the token, or the credentials of a base URL", () => {
  for (const options of [
    { accessToken, other: 1 },
    { accessToken, baseUrl: "http://user:secret@example.com" },
  ]) {
    expect(() => resolveOptions(options as never)).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/canary|secret/) }),
    );
  }
});

test.each([
  ["https://oapi.dingtalk.com", "https://oapi.dingtalk.com"],
  ["https://example.com/proxy/", "https://example.com/proxy"],
  ["http://localhost:4010", "http://localhost:4010"],
  ["http://127.0.0.1:4010/", "http://127.0.0.1:4010"],
  ["http://[::1]:4010", "http://[::1]:4010"],
])("%s is a base URL", (baseUrl, expected) => {
  expect(resolveOptions({ accessToken, baseUrl }).baseUrl).toBe(expected);
});

test("the defaults are the international host and the platform's fetch", () => {
  expect(resolveOptions({ accessToken })).toEqual({
    accessToken,
    baseUrl: "https://oapi.dingtalk.io",
    fetch: globalThis.fetch,
  });
});
