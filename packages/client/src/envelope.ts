import { ApiError, BlockedError, type Failure, HttpError, ResponseError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { findFault } from "./schema.ts";
import type { AnswerRecord } from "./transport.ts";

/** How long DingTalk shuts an IP out. */
const BLOCK_MS = 5 * 60_000;

/** The one place where an answer becomes a value or a throw: DingTalk answers failures with HTTP 200. */
export function readEnvelope(id: OperationId, operation: Operation, answer: AnswerRecord, token?: string): object {
  const { status, body } = answer;
  const type = answer.contentType ?? "json";
  const isBlock = /html/i.test(type) || /^\s*</.test(body) || /"punish"\s*:\s*"deny"/.test(body);
  // A gateway's error page says nothing of the IP.
  if (isBlock && status < 500) throw new BlockedError(id, Date.now() + BLOCK_MS);
  if (status < 200 || status > 299) throw new HttpError(id, status);
  // Some servers call JSON plain text, and so does a `Response` made of a string.
  if (!/json|^text\/plain/i.test(type)) throw new ResponseError(id, "is not JSON by its content type");

  const { errcode, errmsg, ...result } = parseObject(id, body);
  const code = toNumber(errcode);
  if (code === undefined) throw new ResponseError(id, "has no errcode");
  if (code !== 0) throw new ApiError(id, readFailure(code, { errmsg, ...result }, token));
  const fault = findFault(operation.result, result);
  if (fault) throw new ResponseError(id, `says success, but ${fault}`, "executed");
  return result;
}

function parseObject(id: OperationId, body: string): Record<string, unknown> {
  try {
    const value = JSON.parse(body);
    if (typeof value === "object" && value && !Array.isArray(value)) return value;
  } catch {}
  throw new ResponseError(id, "is not a JSON object");
}

/** 88 and 15 only wrap the code that says what happened. */
function readFailure(errcode: number, answer: Record<string, unknown>, token: string | undefined): Failure {
  const { errmsg, sub_code, sub_msg, request_id } = answer;
  const wrapped = errcode === 88 || errcode === 15 ? toNumber(sub_code) : undefined;
  /** What the server sends back could quote the token. */
  const toText = (value: unknown) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return token ? text.replaceAll(token, "***").replaceAll(encodeURIComponent(token), "***") : text;
  };
  return {
    errcode: wrapped ?? errcode,
    errmsg: toText((wrapped === undefined ? errmsg : (sub_msg ?? errmsg)) ?? ""),
    ...(sub_code !== undefined && { subCode: toText(sub_code) }),
    ...(request_id !== undefined && { requestId: toText(request_id) }),
  };
}

/** Codes come as numbers, and here and there as numeric strings. */
function toNumber(code: unknown): number | undefined {
  if (typeof code === "string" && /^-?\d+$/.test(code)) return Number(code);
  return typeof code === "number" ? code : undefined;
}
