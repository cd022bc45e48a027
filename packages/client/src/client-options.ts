import { servers } from "./generated/operations.ts";

export interface ClientOptions {
  /** The app's access token, or a function that returns one; it is called once for each call that needs a token. */
  accessToken: string | (() => string | Promise<string>);
  /**
   * Where the API is: an `https:` URL, or an `http:` one on loopback.
   * @default "https://oapi.dingtalk.io"
   */
  baseUrl?: string;
  /**
   * What sends each request. Redirects come back to it unfollowed: a redirect would carry the token to another host.
   * @default globalThis.fetch
   */
  fetch?: typeof globalThis.fetch;
}

export type ResolvedOptions = Required<ClientOptions>;

/** The options with their defaults. Throws a `TypeError` that names the first option that is missing or wrong. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const { accessToken, baseUrl = servers.international, fetch = globalThis.fetch, ...unknown } = options ?? {};
  for (const name of Object.keys(unknown))
    throw new TypeError(`createClient: there is no option ${name}: use accessToken, baseUrl, fetch`);
  if (typeof accessToken !== "function" && (typeof accessToken !== "string" || accessToken === ""))
    throw new TypeError("createClient: accessToken is required: pass a string or a function returning one");
  if (typeof fetch !== "function")
    throw new TypeError(`createClient: fetch must be a function, not ${fetch === null ? "null" : typeof fetch}`);
  return { accessToken, baseUrl: checkBaseUrl(baseUrl), fetch } satisfies ResolvedOptions;
}

const loopback = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

function checkBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url) throw new TypeError(`createClient: baseUrl is not a URL: pass one like ${servers.international}`);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback.test(url.hostname)))
    throw new TypeError(
      `createClient: baseUrl must be https:, or http: on loopback, not ${url.protocol}//${url.hostname}: the access token rides in the URL`,
    );
  if (url.search || url.hash || url.username || url.password)
    throw new TypeError("createClient: baseUrl must have no query, fragment, or credentials");
  return url.origin + url.pathname.replace(/\/+$/, "");
}
