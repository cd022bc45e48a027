import type { ClientOptions } from "./client-options.ts";
import { type Client, createClient } from "./create-client.ts";
import type { ClientEvent } from "./events.ts";

export interface ObservedRequest {
  url: URL;
  init: RequestInit;
  /** When it was sent, in milliseconds of the test's clock. */
  at: number;
}

/** The answer to a request: a JSON body, a response, or a failure of `fetch`. */
export type Answer = object | Response | Error | ((request: ObservedRequest) => unknown);

export const created = { errcode: 0, errmsg: "ok", groupId: 1560985325 };

export const canary = "canary+6d1b/!x x";

/** A client with a list of answers, whose last answer repeats; with its requests and its events. */
export function observedClient(answers: Answer[] = [created], options: Partial<ClientOptions> = {}) {
  const requests: ObservedRequest[] = [];
  const events: ClientEvent[] = [];
  const credentials = "appKey" in options ? {} : { accessToken: canary };
  const client: Client = createClient({
    ...credentials,
    onEvent: (event) => events.push(event),
    fetch: async (url, init = {}) => {
      const request = { url: new URL(String(url)), init, at: performance.now() };
      const answer = answers[Math.min(requests.length, answers.length - 1)] as Answer;
      requests.push(request);
      const value = await (typeof answer === "function" ? answer(request) : answer);
      if (value instanceof Error) throw value;
      return value instanceof Response ? value.clone() : Response.json(value);
    },
    ...options,
  } as ClientOptions);
  return { client, requests, events };
}

/** The error of Node's `fetch` for a system error `code`. */
export function fetchFailed(code: string, fields: object = {}): Error {
  const cause = Object.assign(new Error(`at https://oapi.dingtalk.io/role/add_role_group?access_token=${canary}`), {
    code,
    ...fields,
  });
  return new TypeError("fetch failed", { cause });
}

/** An answer that never comes, unless the request is aborted. */
export const never: Answer = ({ init }: ObservedRequest) =>
  new Promise((_, reject) => init.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
