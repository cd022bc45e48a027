/** The client with openapi-fetch's interface: an HTTP method and a path instead of an `operationId`. */
// biome-ignore syntax/correctness/noTypeOnlyImportAttributes: a CommonJS program imports this type of an ES module, too.
import type { paths } from "@dingrole/types" with { "resolution-mode": "import" };
import createFetchClient, { mergeHeaders } from "openapi-fetch";
import type { CallOptions, ResponseOptions } from "./call-options.ts";
import type { MakeTransport } from "./create-client.ts";
import { encodeForm, formContentType } from "./form-body.ts";
import { operations } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
// The published file: all entries share one copy of the call and of the errors.
import { createClient as createMethods, DingTalkError, InputError, type Outcome, ResponseError } from "./index.js";
import { findOperation, type Init, isRecord, readInput, refuseOptions } from "./openapi-fetch-input.ts";
import type { Client, ClientOptions, HeadersOption } from "./openapi-fetch-types.ts";
import type { Operation } from "./operation.ts";
import { warnInPage } from "./page-warning.ts";
import type { Fields } from "./schema.ts";
import type { Answer, Transport } from "./transport.ts";

export type {
  Client,
  ClientOptions,
  FetchResponse,
  HeadersOption,
  Middleware,
  MiddlewareParams,
  RequestOptions,
} from "./openapi-fetch-types.ts";

type Methods = Record<OperationId, (input: object, options: CallOptions) => Promise<object>>;

/** The data that one call and its transport share. */
interface CallState {
  readonly headers: Record<string, string>;
  /** The answer to the last attempt. */
  answer?: Answer | undefined;
}
type CallStates = WeakMap<CallOptions | ResponseOptions, CallState>;

/** Creates a client. Nothing is sent until one of its functions is called. */
export function createClient(options: ClientOptions): Client {
  const { headers: ownHeaders, fetch, ...rest } = options ?? {};
  refuseOptions(rest);
  warnInPage(rest);
  const states: CallStates = new WeakMap();
  let baseUrl = "";
  const makeTransport: MakeTransport = (resolved, fetchTransport) => {
    baseUrl = resolved.baseUrl;
    return createTransport(fetchTransport, states, ownHeaders);
  };
  const fetchUrl =
    typeof fetch === "function" ? (url: string, init: RequestInit) => fetch(new Request(url, init)) : fetch;
  const methods = createMethods({ ...rest, fetch: fetchUrl } as never, makeTransport) as object as Methods;
  const inner = createFetchClient<paths>({ baseUrl, Request: RequestRecord as never });
  const send = inner.request as (method: unknown, path: unknown, init: unknown) => Promise<unknown>;
  let hasMiddleware = false;

  async function request(method: string, path: string, init: Init = {}): Promise<object> {
    const id = findOperation(method, path);
    const { form, query }: Operation = operations[id];
    const input = readInput(id, init);
    const { middleware, params, signal, timeout, deadline } = init;
    const isSeen = hasMiddleware || middleware?.length;
    const search = isSeen && query ? encode(input, query) : "";
    const body = isSeen && form ? encode(input, form) : "";
    let outcome: Outcome = "not-executed";

    /** openapi-fetch expects one `fetch` here. This makes the call with all its attempts. */
    async function call(seen: Request): Promise<Response> {
      if (isSeen) await checkRequest(id, seen, baseUrl + path + (search && `?${search}`), body);
      checkContentType(id, seen.headers);
      const state: CallState = { headers: toRecord(seen.headers) };
      const callOptions = { signal: joinSignals(signal, seen.signal), timeout, deadline };
      states.set(callOptions, state);
      try {
        await methods[id](input, callOptions);
        outcome = "executed";
      } catch (error) {
        if (error instanceof DingTalkError) outcome = error.outcome;
        throw error;
      }
      const answer = state.answer as Answer;
      return new Response(toSuccess(id, answer.body), { status: answer.status, headers: answer.headers() });
    }

    const headers = toHeaders(id, ownHeaders, init.headers);
    if (form && !headers.has("Content-Type")) headers.set("Content-Type", formContentType);
    const { response } = (await send(method, path, {
      params,
      body: form && input,
      headers,
      querySerializer: () => search,
      bodySerializer: () => body,
      signal: signal instanceof AbortSignal ? signal : undefined, // The call refuses an invalid one.
      fetch: call,
      parseAs: "stream", // Its "json" throws a SyntaxError, or a TypeError if a middleware has read the body.
      ...(isSeen && { middleware, Request }),
    })) as { response: Response };
    const data = (await response.json().catch(() => undefined)) as { errcode?: unknown } | null | undefined;
    // DingTalk sends some codes as strings.
    if (data?.errcode === 0 || data?.errcode === "0") return { data: { ...data, errcode: 0 }, response };
    const received = response.ok ? `errcode ${data?.errcode}` : `HTTP status ${response.status}`;
    throw new ResponseError(id, `of a middleware must be a success with errcode 0, not ${received}`, outcome);
  }

  const functions = Object.values(operations).map(({ method }) => [method, request.bind(undefined, method)]);
  return Object.freeze({
    ...Object.fromEntries(functions),
    request,
    use(...middleware: Parameters<typeof inner.use>) {
      hasMiddleware = true; // If it throws for one, it has added those before.
      inner.use(...middleware);
    },
    eject: inner.eject,
  });
}

/** Sends each attempt with the headers of openapi-fetch's request, and keeps the answer, which becomes a `Response`. */
function createTransport(
  fetchTransport: Transport,
  states: CallStates,
  ownHeaders: HeadersOption | undefined,
): Transport {
  return (url, request, callOptions) => {
    const state = callOptions && states.get(callOptions);
    const headers = state ? state.headers : toRecord(mergeHeaders(ownHeaders)); // The client itself calls getToken.
    const exchange = fetchTransport(url, { ...request, headers: { ...headers, ...request.headers } });
    const keepAnswer = (answer?: Answer) => {
      if (state) state.answer = answer;
    };
    exchange.answer.then(keepAnswer, () => {});
    return exchange;
  };
}

/** The body of a success. An answer that proves the effect of an earlier attempt has another errcode. */
function toSuccess(id: OperationId, body: string): string {
  if (!operations[id].proves) return body;
  const { errcode, request_id } = JSON.parse(body);
  return Number(errcode) === 0 ? body : JSON.stringify({ errcode: 0, request_id });
}

/** A small replacement for `Request`, if no middleware sees it: a real one takes 12 µs. */
class RequestRecord {
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;

  constructor(_: string, { headers, signal }: { headers: Headers; signal?: AbortSignal }) {
    this.headers = headers;
    this.signal = signal;
  }
}

/** The `Request` for middlewares. If the input cannot be encoded, the call throws an `InputError` that says why. */
function encode(input: Readonly<Record<string, unknown>>, fields: Fields): string {
  try {
    return encodeForm(input, fields);
  } catch {
    return "";
  }
}

/** The caller's signal ends the call even if a middleware returned a `Request` that does not follow it. */
function joinSignals(own: AbortSignal | undefined, seen: AbortSignal | undefined): AbortSignal | undefined {
  if (own === undefined || own === seen) return seen;
  return own instanceof AbortSignal && seen ? AbortSignal.any([own, seen]) : own;
}

async function checkRequest(id: OperationId, request: Request, url: string, body: string) {
  const isSame =
    request.method === operations[id].method &&
    request.url === new URL(url).href &&
    (request.bodyUsed || request.body?.locked || (await request.clone().text()) === body);
  if (!isSame) throw new InputError(id, "a middleware must not change the method, the URL or the body of a request");
}

/** A later header replaces an earlier one, and `null` removes it. */
function toHeaders(id: OperationId, ...all: (HeadersOption | undefined)[]): Headers {
  try {
    if (all.every((each) => each === undefined || each instanceof Headers || isRecord(each)))
      return mergeHeaders(...all);
  } catch {}
  throw new InputError(id, "headers must be a Headers, or an object with valid names and values");
}

function checkContentType(id: OperationId, headers: Headers) {
  const type = headers.get("content-type");
  if (type && !/^application\/x-www-form-urlencoded\b/i.test(type))
    throw new InputError(id, `the header Content-Type must be application/x-www-form-urlencoded, not ${type}`);
}

/** The headers without `Content-Type`, which the call itself sets. */
function toRecord(headers: Headers): Record<string, string> {
  const { "content-type": _, ...record } = Object.fromEntries(headers);
  return record;
}
