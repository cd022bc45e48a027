import { ApiError, BlockedError, type Failure, HttpError, ResponseError } from "./errors.ts";
import { codes } from "./generated/codes.ts";
import { operations } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
import type { Operation } from "./operation.ts";
import { findFault, typeOf } from "./schema.ts";
import type { Answer } from "./transport.ts";
import type { Values } from "./validate-input.ts";

/** DingTalk blocks an IP for 5 minutes. */
const BLOCK_MS = 300_000;

/** The part of a call that decides what a failed answer proves. */
interface Asked {
  /** Whether an earlier attempt had an unknown outcome. */
  mayBeDone: boolean;
  values: Values;
}

/** The result that an answer holds. */
export interface Envelope {
  result: object;
  requestId?: string;
  /** The failed answer that proves the effect of an earlier attempt. */
  proof?: ApiError;
}

/** Reads an answer, or throws its error: DingTalk answers failures with HTTP 200. */
export function readEnvelope(
  id: OperationId,
  answer: Answer,
  redact: (text: string) => string,
  { mayBeDone, values }: Asked,
): Envelope {
  const { status, body } = answer;
  const isRefusal = status >= 400 && status < 500;
  if (status !== 200 && !isRefusal) throw new HttpError(id, status);
  const { errcode, errmsg, request_id, ...result } = parseObject(body);
  const code = toNumber(errcode);
  // An answer with an errcode comes from the API, even if it is labelled HTML.
  if (code === undefined && (result.punish === "deny" || isPage(answer)))
    throw new BlockedError(id, Date.now() + BLOCK_MS);
  if (isRefusal) throw new HttpError(id, status);
  if (code === undefined) throw new ResponseError(id, "has no errcode");
  // DingTalk sends no text as an object, and JSON.stringify fails on an object that is nested too deep.
  const toText = (value: unknown = "") => redact(typeof value === "object" ? "" : String(value));
  const handle = request_id == null ? {} : { requestId: toText(request_id) };
  const operation: Operation = operations[id];
  if (code !== 0) {
    const failure = readFailure(code, { errmsg, ...result }, operation, values, toText);
    const error = new ApiError(id, { ...failure, ...handle });
    if (mayBeDone && operation.proves?.includes(error.errcode)) return { result: {}, proof: error, ...handle };
    throw error;
  }
  const fault = findFault(operation.result, result);
  if (fault) throw new ResponseError(id, `says success, but ${fault}`, "executed");
  return { result, ...handle };
}

/** Whether the answer is HTML. An empty body, or one that begins like JSON, is not a page, even if it is labelled HTML. */
function isPage({ headers, body }: Answer): boolean {
  const isLabelled = /html/i.test(headers().get("content-type") as string);
  return (isLabelled ? /^\s*[^{\s]/ : /^\s*</).test(body);
}

/** The object in a body; an empty object if the body has none. */
function parseObject(body: string): Record<string, unknown> {
  try {
    const value = JSON.parse(body);
    if (typeOf(value) === "object") return value;
  } catch {}
  return {};
}

/** 88 and 15 only wrap the real code. */
function readFailure(
  errcode: number,
  { errmsg, sub_code, sub_msg }: Record<string, unknown>,
  { permission }: Operation,
  values: Values,
  toText: (value?: unknown) => string,
): Failure {
  const wrapped = errcode === 88 || errcode === 15 ? toNumber(sub_code) : undefined;
  const code = wrapped || errcode;
  // Without a known code, 15 says that a service behind the gateway failed: it may have carried the call out.
  const [category, action, next] = codes[code] ?? (["other", "", errcode === 15 && "unknown"] as const);
  // DingTalk does not say whether one wrong item of a list refuses the others, too.
  const hasList = Object.values(values).some((value) => Array.isArray(value) && value.length > 1);
  const isUnknown = next === "unknown" || (hasList && (category === "invalid-request" || category === "other"));
  const hint = permission && category === "permission" ? action.replace(/\.$/, `: ${permission}.`) : action;
  return {
    errcode: code,
    errmsg: toText((wrapped && sub_msg) || errmsg),
    outcome: isUnknown ? "unknown" : "not-executed",
    category,
    ...(hint && { hint }),
    ...(next && next !== "unknown" && { resend: next }),
    ...(sub_code != null && { subCode: toText(sub_code) }),
  };
}

/** A code is a number, or sometimes a numeric string. */
function toNumber(code: unknown): number | undefined {
  return typeof code !== "object" && /^-?\d+$/.test(code as string) ? Number(code) : undefined;
}
