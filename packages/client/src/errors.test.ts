import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { NetworkError } from "./errors.ts";
import { canary, created, fetchFailed, observedClient } from "./observed-client.test-helper.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The error of `addRoleGroup` if `fetch` throws `thrown`. */
async function errorOf(thrown: unknown, options = {}): Promise<NetworkError> {
  const fetch = () => Promise.reject(thrown);
  const { client } = observedClient([], { retries: 0, fetch, ...options });
  return client.addRoleGroup({ name: "a" }).then(
    () => expect.fail(),
    (error) => error,
  );
}

const place = "oapi.dingtalk.io:443";

test.each([
  ["ECONNREFUSED", {}, "not-executed"],
  ["UND_ERR_CONNECT_TIMEOUT", {}, "not-executed"],
  ["UND_ERR_PRX_CONN", {}, "not-executed"],
  ["UND_ERR_PRX_TLS", {}, "not-executed"],
  ["ENOTFOUND", { syscall: "getaddrinfo" }, "not-executed"],
  ["EAI_AGAIN", { syscall: "getaddrinfo" }, "not-executed"],
  ["ESERVFAIL", { syscall: "queryA" }, "not-executed"],
  ["EHOSTUNREACH", { syscall: "connect" }, "not-executed"],
  ["EHOSTUNREACH", { syscall: "write" }, "unknown"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", {}, "not-executed"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", {}, "not-executed"],
  // These codes also occur after the request.
  ["ERR_SSL_WRONG_VERSION_NUMBER", {}, "unknown"],
  ["ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE", {}, "unknown"],
  ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", {}, "unknown"],
  ["ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC", {}, "unknown"],
  ["EPROTO", { syscall: "write" }, "unknown"],
  ["ETIMEDOUT", { syscall: "read" }, "unknown"],
  ["EPIPE", { syscall: "write" }, "unknown"],
  ["ECONNRESET", { syscall: "read" }, "unknown"],
  ["ECONNRESET", {}, "unknown"],
  ["UND_ERR_SOCKET", {}, "unknown"],
  ["UND_ERR_ABORTED", {}, "unknown"],
])("%s %j is a NetworkError, and its outcome follows from the code", async (code, fields, outcome) => {
  const error = await errorOf(fetchFailed(code, fields));
  const message = `addRoleGroup: no answer from ${place} (${code})`;
  expect(error).toMatchObject({ name: "NetworkError", code, outcome, message });
  expect(error).not.toHaveProperty("cause");
  expect(error.stack).not.toContain("canary");
});

const thrower = (property: string) => Object.defineProperty({}, property, { get: () => expect.fail() });
test.each([
  ["an error without a code", new TypeError(canary), " (TypeError)"],
  ["an error whose name is not a name", Object.assign(new Error(), { name: canary }), ""],
  ["undefined", undefined, ""],
  ["null", null, ""],
  ["a string", canary, ""],
  ["an object whose code cannot be read", thrower("code"), ""],
  ["an object whose cause cannot be read", thrower("cause"), ""],
  ["an object whose name cannot be read", thrower("name"), ""],
  ["an object whose errors cannot be read", thrower("errors"), ""],
])("%s, thrown by fetch, is a NetworkError whose outcome is unknown", async (_, thrown, code) => {
  const error = await errorOf(thrown);
  expect(error).toMatchObject({
    name: "NetworkError",
    outcome: "unknown",
    message: `addRoleGroup: no answer from ${place}${code}`,
  });
});

describe("an error for each address of a name", () => {
  const failed = (...syscalls: string[]) =>
    new TypeError("fetch failed", {
      cause: Object.assign(
        new AggregateError(syscalls.map((syscall) => Object.assign(new Error(), { code: "ETIMEDOUT", syscall }))),
        { code: "ETIMEDOUT" },
      ),
    });

  test("proves that nothing was sent if all of them prove it", async () => {
    expect(await errorOf(failed("connect", "connect"))).toMatchObject({ code: "ETIMEDOUT", outcome: "not-executed" });
    expect(await errorOf(failed("connect", "read"))).toMatchObject({ code: "ETIMEDOUT", outcome: "unknown" });
    expect(await errorOf(failed())).toMatchObject({ code: "ETIMEDOUT", outcome: "unknown" });
  });

  test("has the form that Node gives it", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const addresses = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));
    const thrown = await new Promise((resolve) =>
      connect({ port, host: "two.invalid", lookup: (_, __, callback) => callback(null, addresses) }).on(
        "error",
        resolve,
      ),
    );
    expect(thrown).toBeInstanceOf(AggregateError);
    expect(await errorOf(thrown)).toMatchObject({ code: "ECONNREFUSED", outcome: "not-executed" });
  });
});

test.each([
  ["undici's", "Proxy response (407) !== 200 when HTTP Tunneling", { code: "UND_ERR_ABORTED" }, " (UND_ERR_ABORTED)"],
  ["Bun's", "Proxy refused to open a tunnel: 407 Proxy Authentication Required", {}, " (Error)"],
])("the status of a refusing proxy is in the message, from %s words", async (_, message, fields, code) => {
  const cause = new Error("Request was cancelled.", { cause: Object.assign(new Error(message), fields) });
  expect(await errorOf(new TypeError("fetch failed", { cause }))).toMatchObject({
    message: `addRoleGroup: no answer from ${place}${code}: the proxy refused with status 407`,
    outcome: "not-executed",
  });
});

test.each([
  ["(Connect): tcp connect error: Connection refused (os error 111)", "not-executed"],
  ["(SendRequest): connection closed before message completed: (Connect)", "unknown"],
])("Deno's %s", async (words, outcome) => {
  const url = `https://${place}/role/add_role_group?access_token=a(b)`;
  const cause = new Error(`error sending request for url (${url}): client error ${words}`);
  expect(await errorOf(new TypeError("fetch failed", { cause }))).toMatchObject({ outcome });
});

test("a server's text in an error message proves nothing", async () => {
  for (const message of ["x,connect,", "said: bad port", "bad portable", ",,bad port", "connect,connect,"])
    expect(await errorOf(new Error(message))).toMatchObject({ outcome: "unknown" });
});

test("nothing is sent to a port that fetch blocks", async () => {
  const error = await errorOf(undefined, { fetch: undefined, baseUrl: "http://127.0.0.1:1" });
  expect(error).toMatchObject({ name: "NetworkError", outcome: "not-executed" });
  expect(error.message).toContain("no answer from 127.0.0.1:1");
});

test("a runtime without fetch sends nothing, and the error says so", async () => {
  vi.stubGlobal("fetch", undefined);
  const error = await errorOf(undefined, { fetch: undefined });
  expect(error).toMatchObject({ name: "NetworkError", code: "NO_FETCH", outcome: "not-executed" });
});

test.each([
  ["https://proxy.example/dingtalk/", "proxy.example:443"],
  ["https://proxy.example:8443", "proxy.example:8443"],
  ["http://127.0.0.1", "127.0.0.1:80"],
  ["http://[::1]:3000/a", "[::1]:3000"],
])("a baseUrl of %s is named as %s", async (baseUrl, expected) => {
  const error = await errorOf(fetchFailed("ECONNRESET"), { baseUrl });
  expect(error.message).toBe(`addRoleGroup: no answer from ${expected} (ECONNRESET)`);
});

test("a connect timeout of undici, after 10 to 11 seconds, is a NetworkError, and is retried", async () => {
  vi.useFakeTimers();
  const giveUp = () =>
    new Promise((_, reject) => setTimeout(() => reject(fetchFailed("UND_ERR_CONNECT_TIMEOUT")), 11_000));
  const { client, events } = observedClient([giveUp, created]);
  const call = client.addRoleGroup({ name: "a" });
  await vi.runAllTimersAsync();
  expect(await call).toEqual({ groupId: 1560985325 });
  expect(events).toMatchObject([{ type: "attempt", error: { outcome: "not-executed" } }, { type: "retry" }, {}]);
});
