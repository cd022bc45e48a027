/** The two entries of the client: a method of each operation, and openapi-fetch's interface. */
import { type ClientOptions, createClient } from "@dingrole/client";
import { createClient as createFetchClient } from "@dingrole/client/openapi-fetch";
import type { Input } from "@dingrole/spec";
import { type CalledOperation, type Envelope, resultOf } from "./requests.ts";

/** Makes one attempt of a call. Returns the result. */
type Call = (operation: CalledOperation, input: Input, fetch: Fetch) => Promise<object>;
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

// The client does not renew a string token after a refused call.
const options = { accessToken: "6d1bxxxx", baseUrl: "http://127.0.0.1", retries: 0, rate: false } as const;

const callByMethod: Call = async ({ id }, input, fetch) => {
  const client = createClient({ ...options, fetch } as ClientOptions) as object;
  return (client as Record<string, (input: Input) => Promise<object>>)[id]?.(input) as Promise<object>;
};

const callByPath: Call = async ({ method, path, queryFields, form }, input, fetch) => {
  const send = async (request: Request) =>
    fetch(request.url, {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      ...(request.body && { body: await request.text() }),
    });
  const client = createFetchClient({ ...options, fetch: send });
  const isInQuery = (name: string) => !form || queryFields.some((field) => field.name === name);
  const select = (isIn: typeof isInQuery) => Object.fromEntries(Object.entries(input).filter(([name]) => isIn(name)));
  const init = { params: { query: select(isInQuery) }, ...(form && { body: select((name) => !isInQuery(name)) }) };
  const { data, response } = await client.request(method as never, path as never, init as never);
  if (response.status !== 200) throw new Error(`the status must be 200, not ${response.status}`);
  return resultOf(data as Envelope);
};

export const entries: [string, Call][] = [
  ["its method", callByMethod],
  ["its path, with openapi-fetch's interface", callByPath],
];
