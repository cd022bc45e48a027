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
  /** The HTTP status that it got; or, where none came, what became of the connection: `open`, `close` or `reset`. */
  readonly answer: number | string;
}

/** What stands for a secret in the record: the beginning of its SHA-256. */
export function fingerprint(secret: string): string {
  return `sha256:${hash("sha256", secret).slice(0, 12)}`;
}

/** A secret's name, however it is written: `access_token`, `accessToken`, `Access-Token[]`. */
const isSecret = (name: string) => secretNames.some((each) => lettersOf(name).endsWith(each));
const lettersOf = (name: string) => name.replace(/[^a-z]/gi, "").toLowerCase();
const secretNames = secretParameters.map(lettersOf);
const secretHeaders = /token|secret|authorization|cookie/;

/** A secret's name within a text, and what follows it up to where a value ends. */
const secretInText = new RegExp(
  `((?:${secretParameters.map((name) => name.split(/[^a-z]/i).join("[^a-z]?")).join("|")})[^a-z0-9=:&]*(?:=|:|%3d|%3a)[\\s"']*)[^&\\s"'}]+`,
  "gi",
);

export function withoutSecrets(text: string): string {
  return text.replace(secretInText, "$1***");
}

export function readParameters(parameters: URLSearchParams): Fields {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of parameters) {
    const known = fields[name];
    if (known === undefined) fields[name] = value;
    else if (typeof known === "string") fields[name] = [known, value];
    else known.push(value);
  }
  return fields;
}

function hide(fields: Fields, isHidden: (name: string) => boolean): Fields {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (isHidden(name)) return [name, fingerprint(String(value))];
    return [withoutSecrets(name), typeof value === "string" ? withoutSecrets(value) : value.map(withoutSecrets)];
  });
  return Object.fromEntries(entries);
}

/** Without what becomes of it. */
export function describeRequest(method: string, path: string, query: Fields, headers: Fields, body: string) {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(String(headers["content-type"] ?? ""));
  const shown = hide(query, isSecret);
  return {
    method,
    path: withoutSecrets(path),
    query: shown,
    form: isForm ? hide(readParameters(new URLSearchParams(body)), isSecret) : undefined,
    headers: hide(headers, (name) => secretHeaders.test(name)),
    time: new Date(),
    token: shown[tokenParameter] as string | undefined,
  };
}
