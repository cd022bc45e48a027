import type { Category, Errcode } from "./generated/codes.ts";
import type { OperationId } from "./generated/types.ts";

/**
 * Whether DingTalk carried the operation out. Only after `not-executed` is it safe to send a create again: after `unknown`,
 * look first whether it was done.
 */
export type Outcome = "not-executed" | "executed" | "unknown";

/** The base of all errors that a call throws. */
export abstract class DingTalkError extends Error {
  /** The `operationId` of the call. */
  declare readonly operation: OperationId;
  declare readonly outcome: Outcome;

  constructor(operation: OperationId, fault: string, outcome: Outcome, options?: ErrorOptions) {
    super(operation + fault, options);
    this.operation = operation;
    this.outcome = outcome;
  }
}

/** What the caller passed is wrong; nothing was sent. */
export class InputError extends DingTalkError {
  override readonly name = "InputError" as const;

  constructor(operation: OperationId, fault: string) {
    super(operation, `: ${fault}`, "not-executed");
  }
}

/** There is no access token to send: `getToken` failed, or the `accessToken` function did. `cause` is that failure. */
export class TokenError extends DingTalkError {
  override readonly name = "TokenError" as const;

  constructor(operation: OperationId, fault: string, cause?: unknown) {
    super(operation, `: no access token: ${fault}`, "not-executed", { cause });
  }
}

/** The fields of a failed answer. */
export type Failure = Pick<
  ApiError,
  "errcode" | "errmsg" | "outcome" | "category" | "hint" | "resend" | "subCode" | "requestId"
>;

/** DingTalk answered with an `errcode` that is not 0. */
export class ApiError extends DingTalkError {
  override readonly name = "ApiError" as const;
  /** The code that says what happened: `sub_code` where the answer is wrapped under 88 or 15, else `errcode`. */
  declare readonly errcode: Errcode;
  /** DingTalk's own words, often Chinese. Decide by `errcode`: the wording may change. */
  declare readonly errmsg: string;
  /** The wrapped answer's `sub_code`, as it came. */
  declare readonly subCode?: string;
  /** The handle by which DingTalk's support finds the call. */
  declare readonly requestId?: string;
  /** What kind of failure it is: this project's reading of the code. `other` for a code that the operations do not list. */
  declare readonly category: Category;
  /** What to do, in one line, for a code that the operations list. */
  declare readonly hint?: string;
  /** When the client may send the call again after this code: with a new token, in the next second, or after growing waits. */
  declare readonly resend?: "new-token" | "next-second" | "back-off";

  constructor(operation: OperationId, failure: Failure) {
    const { errcode, errmsg, requestId } = failure;
    super(operation, ` failed: ${errcode} ${errmsg}${requestId ? ` (request_id ${requestId})` : ""}`, failure.outcome);
    Object.assign(this, failure);
  }
}

/** The answer is not what the description says: no JSON object, no `errcode`, too large, or a success without its fields. */
export class ResponseError extends DingTalkError {
  override readonly name = "ResponseError" as const;

  constructor(operation: OperationId, fault: string, outcome: Outcome = "unknown") {
    super(operation, `: the answer ${fault}`, outcome);
  }
}

/** The answer's HTTP status is not 200. A redirect is one: following it would carry the token to another host. */
export class HttpError extends DingTalkError {
  override readonly name = "HttpError" as const;
  declare readonly status: number;

  constructor(operation: OperationId, status: number) {
    super(operation, `: HTTP status ${status}`, "unknown");
    this.status = status;
  }
}

/**
 * DingTalk has shut the caller's IP out after too many calls (10,000 in 20 seconds), for 5 minutes: it answers with a page,
 * as a proxy or a wrong `baseUrl` may, too. The client sends nothing until then, and throws this at once.
 */
export class BlockedError extends DingTalkError {
  override readonly name = "BlockedError" as const;
  /** When the client will send again, in milliseconds since the epoch. */
  declare readonly until: number;

  constructor(operation: OperationId, until: number) {
    super(operation, `: the IP is blocked until ${new Date(until).toJSON()}`, "not-executed");
    this.until = until;
  }
}

/** The time was over: `timeout` for one attempt, or `deadline` for the whole call. */
export class TimeoutError extends DingTalkError {
  override readonly name = "TimeoutError" as const;
  declare readonly limit: "timeout" | "deadline";

  constructor(operation: OperationId, limit: "timeout" | "deadline", outcome: Outcome) {
    super(operation, `: the ${limit} is over`, outcome);
    this.limit = limit;
  }
}

/** The caller's `signal` was aborted. `cause` is its reason. */
export class AbortError extends DingTalkError {
  override readonly name = "AbortError" as const;

  constructor(operation: OperationId, outcome: Outcome, reason: unknown) {
    super(operation, ": aborted", outcome, { cause: reason });
  }
}

/** No answer came, or not all of it. */
export class NetworkError extends DingTalkError {
  override readonly name = "NetworkError" as const;
  /**
   * The system's code of what went wrong, such as `ECONNREFUSED`, or `NO_FETCH` in a runtime without `fetch`; without one,
   * the name of the first cause.
   */
  declare readonly code?: string;

  /** `isUnsent` is what the transport knows; where it knows nothing, the error is asked. */
  constructor(operation: OperationId, error: unknown, baseUrl: string, isUnsent?: boolean) {
    const [code, proof] = readCause(error);
    const { protocol, hostname, port } = new URL(baseUrl);
    const place = `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
    const status = proof?.[1];
    const refusal = status ? `: the proxy refused with status ${status}` : "";
    super(
      operation,
      `: no answer from ${place}${code ? ` (${code})` : ""}${refusal}`,
      (isUnsent ?? proof) ? "not-executed" : "unknown",
    );
    if (code) this.code = code;
  }
}

/**
 * What says that nothing was sent, of an error's code, system call and message: no connection was made, or a certificate was
 * not trusted. Messages are those of undici (a blocked port, a proxy), Deno (a blocked port, any connection), Node (a TLS
 * handshake) and Bun (a proxy), and the status of a proxy that refuses is captured. The codes of TLS itself say nothing: they
 * come after the request, too.
 */
const beforeRequest =
  /^(?:NO_FETCH|ECONNREFUSED|ConnectionRefused|UND_ERR_(?:CONNECT_TIMEOUT|PRX_)|(?:ERR_TLS_)?CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|[^,]*,(?:connect,|getaddrinfo|query|,(?:bad port$|Fetch failed: Requests to|error sending request for url \S+ client error \(Connect|Client network socket|Proxy re\D+(\d{3}))))/;

/** Holds the status of a proxy that refused. */
type Proof = readonly (string | undefined)[] | null | undefined;

/** Where an error has one of its own for each address of a name, all must say so. */
function findProof({ code, syscall, message, errors }: NodeJsError): Proof {
  if (errors?.length) return errors.every(findProof) ? [] : null;
  return beforeRequest.exec([code, syscall, message].join());
}

/**
 * The first code in a chain of causes, and what proves that nothing was sent; without a code, the name of the last cause. The
 * chain itself is dropped: it can quote the URL, and so the token.
 */
function readCause(error: unknown): [code: string | undefined, proof: Proof] {
  let proof: Proof;
  let name: string | undefined;
  try {
    for (let each = error as NodeJsError | undefined, depth = 0; each && depth < 5; each = each.cause, depth++) {
      proof ||= findProof(each);
      if (isWord(each.code)) return [each.code, proof];
      if (isWord(each.name)) name = each.name;
    }
  } catch {} // Anything may be thrown, with getters that throw.
  return [name, proof];
}

const isWord = (value: unknown): value is string => typeof value === "string" && /^[\w/]+$/.test(value);

interface NodeJsError {
  name?: unknown;
  code?: unknown;
  syscall?: unknown;
  message?: unknown;
  errors?: NodeJsError[];
  cause?: NodeJsError;
}
