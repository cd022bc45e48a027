import { ApiError, BlockedError, type Failure, HttpError, ResponseError } from "./errors.ts";
import { codes } from "./generated/codes.ts";
import { operations } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
import { findFault, typeOf } from "./schema.ts";
import type { Answer } from "./transport.ts";

/** How long DingTalk shuts an IP out: 5 minutes. */
const BLOCK_MS = 300_000;

/** The one place where an answer becomes a value or a throw: DingTalk answers failures with HTTP 200. */
export function readEnvelope(id: OperationId, answer: Answer, redact: (text: string) => string): object {
  const { status, body, contentType } = answer;
  const isRefusal = status >= 400 && status < 500;
  if (status !== 200 && !isRefusal) throw new HttpError(id, status);
  const { errcode, errmsg, ...result } = parseObject(body);
  const code = toNumber(errcode);
  // What has an errcode is an answer of the API's, whatever it is labelled; and what begins as one, or is empty, is no page.
  const page = /html/i.test(contentType as string) ? /^\s*[^{\s]/ : /^\s*</;
  if (code === undefined && (result.punish === "deny" || page.test(body)))
    throw new BlockedError(id, Date.now() + BLOCK_MS);
  if (isRefusal) throw new HttpError(id, status);
  if (code === undefined) throw new ResponseError(id, "has no errcode");
  if (code !== 0) throw new ApiError(id, readFailure(code, { errmsg, ...result }, redact));
  const fault = findFault(operations[id].result, result);
  if (fault) throw new ResponseError(id, `says success, but ${fault}`, "executed");
  return result;
}

/** What the body says, as an object: an empty one, where it says none. */
function parseObject(body: string): Record<string, unknown> {
  try {
    const value = JSON.parse(body);
    if (typeOf(value) === "object") return value;
  } catch {}
  return {};
}

/** 88 and 15 only wrap the code that says what happened. */
function readFailure(errcode: number, answer: Record<string, unknown>, redact: (text: string) => string): Failure {
  const { errmsg, sub_code, sub_msg, request_id } = answer;
  const wrapped = errcode === 88 || errcode === 15 ? toNumber(sub_code) : undefined;
  // An object is no text that DingTalk sends, and one nested deep enough is more than JSON.stringify can write.
  const toText = (value: unknown = "") => redact(typeof value === "object" ? "" : String(value));
  const code = wrapped || errcode;
  // Without a known code, 15 says that a service behind the gateway failed: nobody knows what it had done.
  const [category = "other", hint, next = errcode === 15 ? "unknown" : undefined] = codes[code] ?? [];
  return {
    errcode: code,
    errmsg: toText((wrapped && sub_msg) || errmsg),
    outcome: next === "unknown" ? next : "not-executed",
    category,
    ...(hint && { hint }),
    ...(next && next !== "unknown" && { resend: next }),
    ...(sub_code != null && { subCode: toText(sub_code) }),
    ...(request_id != null && { requestId: toText(request_id) }),
  };
}

/** Codes come as numbers, and here and there as numeric strings. */
function toNumber(code: unknown): number | undefined {
  return typeof code !== "object" && /^-?\d+$/.test(code as string) ? Number(code) : undefined;
}
