/** The mock gives every example of the description by name: as a server, as a fetch without a socket, and as a command. */
import { createClient } from "@dingrole/client";
import { createMock, type Mock, type MockServer, type Scenario, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { start } from "../run.ts";
import { type CalledOperation, gatewayExamples, operations, tokenParameter } from "./requests.ts";

let server: MockServer;
let mock: Mock;
let gateway: Mock;
let command: Awaited<ReturnType<typeof start>>;
let commandUrl: string;

beforeAll(async () => {
  server = await startMock();
  mock = await createMock();
  gateway = await createMock({ mode: "gateway" });
  const file = new URL("./cli.js", import.meta.resolve("@dingrole/mock"));
  // Strict mode accepts any token.
  const args = [file.pathname, "--port", "0", "--strict", "--json"];
  command = await start(process.execPath, args, /"url":"([^"]+)"/);
  commandUrl = command.match[1] as string;
}, 30_000);
afterAll(async () => {
  await command.stop();
  await server.close();
});

/** Sends a valid request. */
function send(fetch: typeof globalThis.fetch, baseUrl: string, operation: CalledOperation, headers = {}) {
  const { method, path, query, form } = operation;
  const body = form ? { body: new URLSearchParams(form) } : {};
  return fetch(`${baseUrl}${path}?${new URLSearchParams(query)}`, { method, headers, ...body });
}

async function answerOf(response: Response): Promise<unknown> {
  expect(response.status).toBe(200);
  const body = await response.text();
  return response.headers.get("content-type") === "text/html" ? body : JSON.parse(body);
}

/** The examples that an operation can answer with, by name. */
const answersOf = ({ examples }: CalledOperation) => Object.entries({ ...gatewayExamples, ...examples });

describe.each(operations)("$id", (operation) => {
  test.each(answersOf(operation))(
    "%s from a fetch: with `next`, in a header, and in the base URL",
    async (name, value) => {
      const { baseUrl } = mock.clientOptions;
      mock.next(`${operation.id}:${name}` as Scenario);
      expect(await answerOf(await send(mock.fetch, baseUrl, operation))).toEqual(value);
      const headers = { Prefer: `example=${name}` };
      expect(await answerOf(await send(mock.fetch, baseUrl, operation, headers))).toEqual(value);
      expect(await answerOf(await send(mock.fetch, `${baseUrl}/@${name}`, operation))).toEqual(value);
    },
  );

  test.each(["strict", "gateway"] as const)("the required fields are enough, in %s mode", async (mode) => {
    const { clientOptions, requests, fetch } = mode === "strict" ? mock : gateway;
    const first = requests.length;
    const client = createClient(clientOptions) as unknown as Record<string, (input?: object) => Promise<object>>;
    const fields = [...operation.queryFields, ...operation.formFields];
    const required = fields.filter(({ isRequired, omitted }) => isRequired || omitted !== undefined);
    const input = required.map(({ name, omitted }) => [name, omitted ?? operation.input[name]]);
    await client[operation.id]?.(Object.fromEntries(input));
    if (required.length === 0) {
      await client[operation.id]?.();
      const query = new URLSearchParams(operation.query);
      if (query.has(tokenParameter)) query.set(tokenParameter, clientOptions.accessToken());
      const url = `${clientOptions.baseUrl}${operation.path}?${query}`;
      await answerOf(await fetch(url, { method: operation.method }));
    }
    expect(requests.length).toBeGreaterThan(first);
    for (const { violations, answer } of requests.slice(first)) expect([violations, answer]).toEqual([[], 200]);
  });
});

/** Each operation with its success, and each other example with one operation: a server and a command give them as a fetch does. */
const answers = new Map(
  operations.flatMap((operation) =>
    answersOf(operation).map(([name, value]) => {
      const key = name === operation.success ? operation.id : `example ${name}`;
      return [key, { ...operation, name, value }] as const;
    }),
  ),
);

describe.each([...answers.values()])("$name of $id", ({ name, value, ...operation }) => {
  test("from a server: with `next`, with `always`, and in the base URL", async () => {
    const scenario = name as Scenario;
    server.reset();
    server.next(scenario);
    expect(await answerOf(await send(fetch, server.url, operation))).toEqual(value);
    server.always(scenario);
    expect(await answerOf(await send(fetch, server.url, operation))).toEqual(value);
    server.reset();
    expect(await answerOf(await send(fetch, `${server.url}/@${name}`, operation))).toEqual(value);
  });

  test("from the command: in a header, and in the base URL", async () => {
    const headers = { Prefer: `example=${name}` };
    expect(await answerOf(await send(fetch, commandUrl, operation, headers))).toEqual(value);
    expect(await answerOf(await send(fetch, `${commandUrl}/@${name}`, operation))).toEqual(value);
  });
});
