import type { OperationId } from "./generated/types.ts";

/**
 * Whether DingTalk carried the operation out. Only after `not-executed` is it safe to send a create again: after `unknown`,
 * look first whether it was done.
 */
export type Outcome = "not-executed" | "executed" | "unknown";

/** The base of all errors that a call throws. */
export abstract class DingTalkError extends Error {
  /** The `operationId` of the call. */
  readonly operation: OperationId;
  readonly outcome: Outcome;

  constructor(operation: OperationId, message: string, outcome: Outcome, options?: ErrorOptions) {
    super(message, options);
    this.operation = operation;
    this.outcome = outcome;
  }
}

/** What the caller passed is wrong; nothing was sent. */
export class InputError extends DingTalkError {
  override readonly name = "InputError" as const;

  constructor(operation: OperationId, fault: string, options?: ErrorOptions) {
    super(operation, `${operation}: ${fault}`, "not-executed", options);
  }
}

/** The fields of a failed answer. */
export interface Failure {
  errcode: number;
  errmsg: string;
  subCode?: string;
  requestId?: string;
}

/** DingTalk answered with an `errcode` that is not 0. */
export class ApiError extends DingTalkError {
  override readonly name = "ApiError" as const;
  /** The code that says what happened: `sub_code` where the answer is wrapped under 88 or 15, else `errcode`. */
  readonly errcode: number;
  /** DingTalk's own words, often Chinese. Decide by `errcode`: the wording may change. */
  readonly errmsg: string;
  /** The wrapped answer's `sub_code`, as it came. */
  declare readonly subCode?: string;
  /** The handle by which DingTalk's support finds the call. */
  declare readonly requestId?: string;

  constructor(operation: OperationId, { errcode, errmsg, subCode, requestId }: Failure) {
    const handle = requestId === undefined ? "" : ` (request_id ${requestId})`;
    super(
      operation,
      `${operation} failed: ${errcode} ${errmsg}${handle}`,
      unknownOutcome.has(errcode) ? "unknown" : "not-executed",
    );
    this.errcode = errcode;
    this.errmsg = errmsg;
    if (subCode !== undefined) this.subCode = subCode;
    if (requestId !== undefined) this.requestId = requestId;
  }
}

/** -1 and 15 say that a machine was busy, not that it did nothing. */
const unknownOutcome = new Set([-1, 15]);

/** The answer is not what the description says: no JSON object, no `errcode`, or a success without its fields. */
export class ResponseError extends DingTalkError {
  override readonly name = "ResponseError" as const;

  constructor(operation: OperationId, fault: string, outcome: Outcome) {
    super(operation, `${operation}: ${fault}`, outcome);
  }
}

/** The answer's HTTP status is not 2xx. */
export class HttpError extends DingTalkError {
  override readonly name = "HttpError" as const;
  readonly status: number;

  constructor(operation: OperationId, status: number) {
    super(operation, `${operation}: HTTP status ${status}`, "unknown");
    this.status = status;
  }
}

/** DingTalk has shut the caller's IP out, for 5 minutes, after too many calls (10,000 in 20 seconds). */
export class BlockedError extends DingTalkError {
  override readonly name = "BlockedError" as const;

  constructor(operation: OperationId) {
    super(operation, `${operation}: the IP is blocked: stop all calls from it for 5 minutes`, "not-executed");
  }
}

/** No answer came, or not all of it. */
export class NetworkError extends DingTalkError {
  override readonly name = "NetworkError" as const;
  /** The system's code of what went wrong, such as `ECONNREFUSED`. */
  declare readonly code?: string;

  constructor(operation: OperationId, cause: unknown) {
    const code = findCode(cause);
    super(
      operation,
      `${operation}: no answer${code === undefined ? "" : ` (${code})`}`,
      code !== undefined && neverSent.has(code) ? "not-executed" : "unknown",
    );
    if (code !== undefined) this.code = code;
  }
}

/** Codes of faults before the first byte of the request is on its way. */
const neverSent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/** The code in a chain of causes. The chain itself is dropped: it can quote the URL, and so the token. */
function findCode(error: unknown): string | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++)
    if ("code" in each && typeof each.code === "string") return each.code;
  return undefined;
}
