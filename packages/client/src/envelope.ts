import { ApiError, BlockedError, HttpError, ResponseError } from "./errors.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { findFieldFault } from "./schema.ts";
import type { AnswerRecord } from "./transport.ts";

/** The one place where an answer becomes a value or a throw: DingTalk answers failures with HTTP 200. */
export function readEnvelope(id: OperationId, operation: Operation, answer: AnswerRecord): object {
  const { status, headers, body } = answer;
  if (status >= 500) throw new HttpError(id, status);
  if (isHtml(headers, body)) throw new BlockedError(id);
  const envelope = parseObject(body);
  if (envelope?.punish === "deny") throw new BlockedError(id);
  if (!answer.ok) throw new HttpError(id, status);
  if (!envelope) throw new ResponseError(id, "the answer is not a JSON object", "unknown");

  const { errcode, errmsg, ...result } = envelope;
  const code = toNumber(errcode);
  if (code === undefined) throw new ResponseError(id, "the answer has no errcode", "unknown");
  if (code !== 0) throw new ApiError(id, readFailure(code, envelope));
  const fault = findFieldFault(operation.result, result);
  if (fault) throw new ResponseError(id, `the answer says success, but ${fault}`, "executed");
  return result;
}

/** 88 and 15 only wrap the code that says what happened. */
function readFailure(errcode: number, { errmsg, sub_code, sub_msg, request_id }: Record<string, unknown>) {
  const subCode = sub_code === undefined ? undefined : String(sub_code);
  const wrapped = errcode === 88 || errcode === 15 ? toNumber(sub_code) : undefined;
  return {
    errcode: wrapped ?? errcode,
    errmsg: String((wrapped === undefined ? errmsg : (sub_msg ?? errmsg)) ?? ""),
    ...(subCode !== undefined && { subCode }),
    ...(request_id !== undefined && { requestId: String(request_id) }),
  };
}

/** An IP that is shut out gets a page instead of an errcode. */
function isHtml(headers: Headers, body: string): boolean {
  return headers.get("content-type")?.includes("text/html") || /^\s*</.test(body);
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Codes come as numbers, and here and there as numeric strings. */
function toNumber(code: unknown): number | undefined {
  if (typeof code === "string" && /^-?\d+$/.test(code)) return Number(code);
  return typeof code === "number" ? code : undefined;
}
