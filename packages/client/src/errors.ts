import type { Category, Errcode } from "./generated/codes.ts";
import type { OperationId } from "./generated/types.ts";
import { readCause } from "./read-cause.ts";

/**
 * Whether DingTalk carried the operation out. A create is safe to send again only after `not-executed`: after `unknown`, first
 * look whether it was carried out. It covers all attempts of the call; in an event, the one attempt.
 */
export type Outcome = "not-executed" | "executed" | "unknown";

/** The base of all errors that a call throws. */
export abstract class DingTalkError extends Error {
  /** The `operationId` of the call. */
  declare readonly operation: OperationId;
  declare readonly outcome: Outcome;

  constructor(operation: OperationId, fault: string, outcome: Outcome, fields?: object, options?: ErrorOptions) {
    super(operation + fault, options);
    Object.assign(this, { operation, outcome }, fields);
  }
}

/** A copy with the outcome `unknown`. The original is unchanged: an event can hold it. */
export function toUnknown(error: DingTalkError): DingTalkError {
  const copy = Reflect.construct(Error, [error.message, error], error.constructor);
  return Object.assign(copy, error, { outcome: "unknown" });
}

/** The caller passed a wrong value. Nothing was sent. */
export class InputError extends DingTalkError {
  override readonly name = "InputError" as const;

  constructor(operation: OperationId, fault: string) {
    super(operation, `: ${fault}`, "not-executed");
  }
}

/** The client has no access token to send, because `getToken` or the `accessToken` function failed. `cause` is that failure. */
export class TokenError extends DingTalkError {
  override readonly name = "TokenError" as const;

  constructor(operation: OperationId, fault: string, cause?: unknown) {
    super(operation, `: no access token: ${fault}`, "not-executed", undefined, { cause });
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
  /** The code that says what happened: `sub_code` if the answer is wrapped under 88 or 15, else `errcode`. */
  declare readonly errcode: Errcode;
  /** DingTalk's message, often in Chinese. Decide by `errcode`: the wording may change. */
  declare readonly errmsg: string;
  /** The original `sub_code` of a wrapped answer. */
  declare readonly subCode?: string;
  /** The id with which DingTalk's support finds the call. */
  declare readonly requestId?: string;
  /** The kind of failure, by this project's reading of the code. `other` for a code that the operations do not list. */
  declare readonly category: Category;
  /** The advice, in one line, for a code that the operations list. If the app lacks a permission, it names the permission. */
  declare readonly hint?: string;
  /** How the call may be resent after this code: with a new token, in the next second, or after growing waits. */
  declare readonly resend?: "new-token" | "next-second" | "back-off";

  constructor(operation: OperationId, failure: Failure) {
    const { errcode, errmsg, requestId } = failure;
    const handle = requestId ? ` (request_id ${requestId})` : "";
    super(operation, ` failed: ${errcode} ${errmsg}${handle}`, failure.outcome, failure);
  }
}

/** The answer breaks the description: it is not a JSON object, has no `errcode`, is too large, or is a success without its fields. */
export class ResponseError extends DingTalkError {
  override readonly name = "ResponseError" as const;

  constructor(operation: OperationId, fault: string, outcome: Outcome = "unknown") {
    super(operation, `: the answer ${fault}`, outcome);
  }
}

/** The HTTP status is not 200. A redirect is not followed: it would carry the token to another host. */
export class HttpError extends DingTalkError {
  override readonly name = "HttpError" as const;
  declare readonly status: number;

  constructor(operation: OperationId, status: number) {
    super(operation, `: the HTTP status must be 200, not ${status}`, "unknown", { status });
  }
}

/**
 * DingTalk blocks an IP for 5 minutes after too many calls (10,000 in 20 seconds). It answers with a page, as a proxy or a
 * wrong `baseUrl` may, too. The client sends nothing until then, and throws this error at once.
 */
export class BlockedError extends DingTalkError {
  override readonly name = "BlockedError" as const;
  /** When the client sends again, in milliseconds since the epoch. */
  declare readonly until: number;

  constructor(operation: OperationId, until: number) {
    super(operation, `: the IP is blocked until ${new Date(until).toJSON()}`, "not-executed", { until });
  }
}

/** The `timeout` of one attempt, or the `deadline` of the whole call, has passed. */
export class TimeoutError extends DingTalkError {
  override readonly name = "TimeoutError" as const;
  declare readonly limit: "timeout" | "deadline";

  constructor(operation: OperationId, limit: TimeoutError["limit"], milliseconds: number, outcome: Outcome) {
    super(operation, `: the ${limit} of ${milliseconds} ms has passed`, outcome, { limit });
  }
}

/** The caller's `signal` was aborted. `cause` is its reason. */
export class AbortError extends DingTalkError {
  override readonly name = "AbortError" as const;

  constructor(operation: OperationId, outcome: Outcome, reason: unknown) {
    super(operation, ": aborted", outcome, undefined, { cause: reason });
  }
}

/** No answer came, or only a part of it. */
export class NetworkError extends DingTalkError {
  override readonly name = "NetworkError" as const;
  /**
   * The system's code of the failure, such as `ECONNREFUSED`, or `NO_FETCH` in a runtime without `fetch`; without a code, the
   * name of the root cause.
   */
  declare readonly code?: string;

  /** `isUnsent` is what the transport knows. If it knows nothing, the error can prove it. */
  constructor(operation: OperationId, error: unknown, baseUrl: string, isUnsent?: boolean) {
    const [code, proof] = readCause(error);
    const { protocol, hostname, port } = new URL(baseUrl);
    const place = `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
    const refusal = proof?.[1] ? `: the proxy refused with status ${proof[1]}` : "";
    const fault = `: no answer from ${place}${code ? ` (${code})` : ""}${refusal}`;
    super(operation, fault, (isUnsent ?? proof) ? "not-executed" : "unknown", code ? { code } : {});
  }
}
