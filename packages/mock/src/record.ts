/** The record of requests. It is safe to show: each secret is replaced by its fingerprint. */
import type { OperationId } from "./api.ts";
import type { Fields } from "./fields.ts";
import type { Incoming, ReadRequest } from "./request.ts";
import { fingerprint, isSecret, withoutSecrets } from "./secrets.ts";

/** A request that the mock has read. */
export interface RecordedRequest {
  /** `undefined` if no operation has this method and path. */
  readonly operation: OperationId | undefined;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Fields;
  /** The decoded form, if the body is a form. A field that was sent twice has both values. */
  readonly form: Fields | undefined;
  /** The fields of a JSON body, as texts. */
  readonly json: Fields | undefined;
  readonly headers: Fields;
  readonly time: Date;
  /** The access token's fingerprint. */
  readonly token: string | undefined;
  /** The alternatives that gateway mode accepted, as DingTalk does, although the description lacks them. */
  readonly accepted: readonly string[];
  /** How the request breaks the description. */
  readonly violations: readonly string[];
  /** The scenario of the call, if any. */
  readonly scenario: string | undefined;
  /** The name of the example that was the answer, if any. */
  readonly example: string | undefined;
  /** The HTTP status of the answer; without an answer, what happened to the connection: `open`, `close` or `reset`. */
  readonly answer: number | string;
}

function hide(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (isSecret(name)) return [withoutSecrets(name), fingerprint(String(value))];
    return [withoutSecrets(name), typeof value === "string" ? withoutSecrets(value) : value.map(withoutSecrets)];
  });
  return Object.fromEntries(entries);
}

/** The part of the record that is known before the answer. `token` is the value that was read as the access token. */
export function describeRequest(
  { method, headers }: Incoming,
  read: ReadRequest | undefined,
  token: Fields[string] | undefined,
) {
  return {
    operation: read?.id as OperationId | undefined,
    method,
    path: withoutSecrets(read?.path ?? ""),
    query: hide(read?.query ?? {}),
    form: read?.form && hide(read.form),
    json: read?.json && hide(read.json.fields),
    headers: hide(headers),
    time: new Date(),
    token: token === undefined ? undefined : fingerprint(String(token)),
  };
}

/** The limit for the total size of the kept requests. */
const MAX_KEPT_BYTES = 50_000_000;

/** Keeps the last requests: at least `keep`, unless they exceed `MAX_KEPT_BYTES`. */
export function createRecord(keep: number) {
  const requests: RecordedRequest[] = [];
  const sizes: number[] = [];
  let total = 0;

  function drop(count: number) {
    requests.splice(0, count);
    for (const size of sizes.splice(0, count)) total -= size;
  }

  return {
    requests: requests as readonly RecordedRequest[],
    add(request: RecordedRequest, size: number) {
      requests.push(request);
      sizes.push(size);
      total += size;
      // Drops many at once: to drop one moves all the others.
      if (requests.length > keep * 1.1) drop(requests.length - keep);
      while (total > MAX_KEPT_BYTES) drop(Math.ceil(requests.length / 10));
    },
    clear: () => drop(requests.length),
  };
}
