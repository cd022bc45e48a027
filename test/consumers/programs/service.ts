/** An HTTP service that creates role groups. It answers each failure of the client with its own status. */
import {
  ApiError,
  BlockedError,
  type Category,
  type ClientOptions,
  createClient,
  DingTalkError,
} from "@dingrole/client";
import { Hono } from "hono";

type Exports = typeof import("@dingrole/client");
/** Every error class that the client exports. If the client gets another class, the tables below do not compile. */
export type Failure = {
  [Name in keyof Exports]: Exports[Name] extends new (
    ...args: never
  ) => infer Thrown
    ? Thrown extends DingTalkError
      ? Thrown
      : never
    : never;
}[keyof Exports];

/** The status for each category of refusals. A fault of this service's own app is not the caller's fault. */
const statusOfCategory: Record<Category, number> = {
  "invalid-request": 422,
  "rate-limit": 429,
  token: 500,
  credentials: 500,
  permission: 500,
  "ip-allowlist": 500,
  busy: 502,
  other: 502,
  quota: 503,
};

const statusOfError: Record<Exclude<Failure["name"], "ApiError">, number> = {
  InputError: 400,
  AbortError: 499, // The caller has gone, so nobody reads the answer. nginx logs this status.
  TokenError: 500,
  HttpError: 502,
  NetworkError: 502,
  ResponseError: 502,
  BlockedError: 503,
  TimeoutError: 504,
};

function isFailure(error: unknown): error is Failure {
  return error instanceof DingTalkError;
}

function statusOf(error: Failure): number {
  if (error instanceof ApiError) return statusOfCategory[error.category];
  // If there is no token, the status follows from the cause.
  if (error.name === "TokenError" && isFailure(error.cause)) return statusOf(error.cause);
  return statusOfError[error.name];
}

/** The number of seconds after which the caller may try again, if it is known. */
function retryAfter(error: Failure): Record<string, string> {
  if (error instanceof BlockedError) return { "Retry-After": `${Math.ceil((error.until - Date.now()) / 1000)}` };
  return error instanceof ApiError && error.category === "rate-limit" ? { "Retry-After": "1" } : {};
}

function toProblem(title: string, status: number, more: object = {}, headers: Record<string, string> = {}): Response {
  return Response.json(
    { title, status, ...more },
    { status, headers: { "Content-Type": "application/problem+json", ...headers } },
  );
}

export function createService(options: ClientOptions): Hono {
  const client = createClient(options);
  const app = new Hono();

  app.post("/role-groups", async ({ req }) => {
    const input = await req.json().catch(() => undefined);
    const { groupId } = await client.addRoleGroup({ name: input?.name }, { signal: req.raw.signal });
    return Response.json({ groupId }, { status: 201 });
  });

  app.onError((error) => {
    if (!isFailure(error)) return toProblem("Error", 500);
    const { name, message, outcome } = error;
    return toProblem(name, statusOf(error), { detail: message, outcome }, retryAfter(error));
  });
  return app;
}
