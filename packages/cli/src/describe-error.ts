/** Error messages with advice. The client's hints are for programmers; these name flags and variables. */
import { ApiError, type Category, DingTalkError, type OperationId } from "@dingrole/client";
import { variables } from "./connection.ts";
import { messageOf } from "./outcome.ts";

/** The message and the advice, one line each. */
export function describeError(error: unknown): string {
  const hint = hintOf(error);
  return hint === undefined ? messageOf(error) : `${messageOf(error)}\n  → ${hint}`;
}

export function hintOf(error: unknown): string | undefined {
  const refusal = findRefusal(error);
  return refusal && ((hints[refusal.operation] ?? ofCall)[refusal.category] ?? refusal.hint);
}

/** DingTalk's refusal behind an error: if a create got no token, the refusal of `getToken`. */
export function findRefusal(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  return error instanceof DingTalkError && error.cause !== undefined ? findRefusal(error.cause) : undefined;
}

type Hints = { readonly [Each in Category]?: string };

const app = `${variables.appKey} and ${variables.appSecret}`;
const ofCall: Hints = {
  busy: "Run it again.",
  "rate-limit": "Run it again later: other programs may use the same app or organization.",
  token: `Set a new token in ${variables.accessToken}, or set ${app} instead: then the command gets tokens itself.`,
};

const ofToken: Hints = {
  ...ofCall,
  token: `Correct ${app}.`,
  credentials: `Correct ${app}.`,
};

const ofCreate: Hints = {
  ...ofCall,
  busy: "Look with dingrole list whether it exists, before you send it again.",
  "rate-limit": "Run it again later, with a lower --rate: other programs may use the same app or organization.",
};

/** The operations whose hints differ from {@link ofCall}. */
const hints: { readonly [Id in OperationId]?: Hints } = { getToken: ofToken, addRoleGroup: ofCreate };
