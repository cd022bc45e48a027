/** Reads a request, for the record and for Prism. */
import type { Operation } from "./api.ts";
import { cutForm, type Fields, type ReadFields, readEncoded, readJson, tooManyFields } from "./fields.ts";
import { gateway, operations, tokenParameter } from "./generated/api.ts";

/** A complete request. Header names are in lower case. */
export interface Incoming {
  readonly method: string;
  /** Path and query, one character for each byte. */
  readonly url: string;
  readonly headers: Fields;
  readonly body: Uint8Array;
}

export interface ReadRequest {
  /** The operationId. */
  readonly id: string | undefined;
  readonly method: string;
  /** The scenario in a path that begins with `/@SCENARIO`. */
  readonly prefix: string | undefined;
  readonly path: string;
  readonly query: Fields;
  readonly headers: Fields;
  readonly body: Uint8Array;
  /** The fields of the body, if it is a form. */
  readonly form: Fields | undefined;
  /** The fields of the body, if it is JSON. */
  readonly json: ReadFields | undefined;
  /** The faults of the query and the form that an ordinary decoder hides. */
  readonly faults: readonly string[];
}

const formType = "application/x-www-form-urlencoded";
const isForm = (type: string) => type.toLowerCase().startsWith(formType);
const isJson = (type: string) => /^application\/(.+\+)?json\b/i.test(type);

const ids = new Map(Object.entries(operations).map(([id, { method, path }]) => [`${method} ${path}`, id]));

/** Returns `undefined` if the URL is invalid. */
export function readRequest({ method, url, headers, body: sent }: Incoming): ReadRequest | undefined {
  const target = readUrl(url);
  if (!target) return undefined;
  const { prefix, path, search } = target;
  const id = ids.get(`${method} ${decodePath(path)}`);
  const types = (id ? operations[id] : undefined)?.form ?? {};
  const type = String(headers["content-type"] ?? "");
  const cut = isForm(type) ? cutForm(sent) : undefined;
  const body = cut ?? sent;
  const query = readEncoded(Buffer.from(search, "latin1"), "query");
  const form = isForm(type) ? readEncoded(body, "body") : undefined;
  const json = isJson(type) && body.length > 0 ? readJson(body, types) : undefined;
  const tooMany = cut ? [tooManyFields] : [];
  const faults = [...query.faults, ...(form ? [...charsetFaults(type), ...tooMany, ...form.faults] : [])];
  return { id, method, prefix, path, query: query.fields, headers, body, form: form?.fields, json, faults };
}

/** `/@SCENARIO` before the path is for apps that can only set a base URL. */
function readUrl(url: string) {
  const [, prefix, address = ""] = /^\/@([^/?]*)(.*)$/s.exec(url) ?? ["", undefined, url];
  const [, search = ""] = /^[^?#]*\?([^#]*)/s.exec(address) ?? [];
  try {
    const { pathname: path } = new URL(`http://mock${address}`);
    return { path, search, prefix: prefix === undefined ? undefined : decodeURIComponent(prefix) };
  } catch {
    return undefined;
  }
}

/** Prism decodes the path in the same way before it looks for the operation. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function charsetFaults(contentType: string): string[] {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1] ?? "utf-8";
  return /^utf-?8$/i.test(charset) ? [] : [`the charset must be utf-8, not ${charset.slice(0, 40)}`];
}

export interface Accepted {
  readonly request: ReadRequest;
  /** A text for each alternative that was rewritten. */
  readonly accepted: readonly string[];
}

/** Rewrites the alternatives that DingTalk accepts into the form that the description has. */
export function acceptAlternatives(request: ReadRequest): Accepted {
  const operation: Operation | undefined = operations[request.id as string];
  const accepted: string[] = [];
  const query: Record<string, Fields[string]> = { __proto__: null as never, ...request.query };
  const { accept, ...headers } = request.headers; // The answer is JSON, even if the client asks for another type.
  let { form, faults } = request;

  if (request.json && operation?.form && gateway.accepts.includes("jsonBody")) {
    accepted.push("a JSON body instead of a form");
    form = request.json.fields;
    faults = [...faults, ...charsetFaults(String(headers["content-type"])), ...request.json.faults];
  } else if (
    form?.[tokenParameter] &&
    operation?.isOpen === false &&
    query[tokenParameter] === undefined &&
    gateway.accepts.includes("tokenInForm")
  ) {
    accepted.push(`${tokenParameter} in the form instead of the query`);
    const { [tokenParameter]: token, ...others } = form;
    query[tokenParameter] = token as Fields[string];
    form = others;
  }
  for (const [alias, name] of Object.entries(operation?.aliases ?? {}))
    if (query[alias] !== undefined && query[name] === undefined) {
      accepted.push(`${alias} instead of ${name}`);
      query[name] = query[alias];
      delete query[alias];
    }

  if (form === request.form) return { accepted, request: { ...request, query, headers } };
  const pairs = Object.entries(form ?? {}).flatMap(([name, values]) => [values].flat().map((value) => [name, value]));
  const body = Buffer.from(String(new URLSearchParams(pairs as [string, string][])));
  const rewritten = { ...headers, "content-type": formType, "content-length": String(body.length) };
  return { accepted, request: { ...request, query, headers: rewritten, body, form, faults } };
}
