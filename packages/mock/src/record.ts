/** What arrived, fit to be shown: secrets are told apart by a fingerprint only. */
import { hash } from "node:crypto";
import type { OperationId } from "./api.ts";
import { secretParameters, tokenParameter } from "./generated/api.ts";

export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** A request that the mock has read. */
export interface RecordedRequest {
  /** None, where no operation has this method and path. */
  readonly operation: OperationId | undefined;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Fields;
  /** The decoded form, where the body is one. A field that is there twice has both values. */
  readonly form: Fields | undefined;
  readonly headers: Fields;
  readonly time: Date;
  /** The fingerprint of the access token in the query. */
  readonly token: string | undefined;
  /** How it breaks the description. */
  readonly violations: readonly string[];
  /** The scenario that it got, if any. */
  readonly scenario: string | undefined;
  /** The description's example that it was answered with, if it was. */
  readonly example: string | undefined;
  /** How it was answered: an HTTP status, or a word on what came in its place. */
  readonly answer: number | string;
}

/** What stands for a secret in the record: the beginning of its SHA-256. */
export function fingerprint(secret: string): string {
  return `sha256:${hash("sha256", secret).slice(0, 12)}`;
}

const secretHeaders = new Set(["authorization", "cookie", "proxy-authorization", "x-acs-dingtalk-access-token"]);
const isSecret = (name: string) => secretParameters.includes(name);

export function readParameters(parameters: URLSearchParams): Fields {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const name of parameters.keys()) {
    const values = parameters.getAll(name);
    fields[name] = values.length > 1 ? values : (values[0] as string);
  }
  return fields;
}

function hide(fields: Fields, isHidden: (name: string) => boolean): Fields {
  const shown = { ...fields };
  for (const name of Object.keys(shown)) if (isHidden(name)) shown[name] = fingerprint(String(shown[name]));
  return shown;
}

/** Without what becomes of it. */
export function describeRequest(method: string, path: string, query: Fields, headers: Fields, body: string) {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(String(headers["content-type"] ?? ""));
  const token = query[tokenParameter];
  return {
    method,
    path,
    query: hide(query, isSecret),
    form: isForm ? hide(readParameters(new URLSearchParams(body)), isSecret) : undefined,
    headers: hide(headers, (name) => secretHeaders.has(name)),
    time: new Date(),
    token: token === undefined ? undefined : fingerprint(String(token)),
  };
}
