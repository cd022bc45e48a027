/** What arrived, fit to be shown: secrets are told apart by a fingerprint only. */
import type { OperationId } from "./api.ts";
import type { Fields } from "./fields.ts";
import type { Incoming, ReadRequest } from "./request.ts";
import { fingerprint, isSecret, withoutSecrets } from "./secrets.ts";

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
  /** The fields of a JSON body, as texts. */
  readonly json: Fields | undefined;
  readonly headers: Fields;
  readonly time: Date;
  /** The fingerprint of the access token. */
  readonly token: string | undefined;
  /** What gateway mode took as DingTalk does, though the description does not have it. */
  readonly accepted: readonly string[];
  /** How it breaks the description. */
  readonly violations: readonly string[];
  /** The scenario that it got, if any. */
  readonly scenario: string | undefined;
  /** The description's example that it was answered with, if it was. */
  readonly example: string | undefined;
  /** The HTTP status that it got; or, where none came, what became of the connection: `open`, `close` or `reset`. */
  readonly answer: number | string;
}

function hide(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, value]) => {
    if (isSecret(name)) return [withoutSecrets(name), fingerprint(String(value))];
    return [withoutSecrets(name), typeof value === "string" ? withoutSecrets(value) : value.map(withoutSecrets)];
  });
  return Object.fromEntries(entries);
}

/** Without what becomes of it. `token` is what was taken as the access token. */
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

/** What the requests that are kept may be together, as they came. */
const MAX_KEPT_BYTES = 50_000_000;

/** The last requests: at least `keep`, unless they are too large together. */
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
      // One at a time, the whole record would be moved for each.
      if (requests.length > keep * 1.1) drop(requests.length - keep);
      while (total > MAX_KEPT_BYTES) drop(Math.ceil(requests.length / 10));
    },
    clear: () => drop(requests.length),
  };
}
