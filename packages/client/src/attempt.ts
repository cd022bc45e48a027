import type { TokenSource } from "./access-token.ts";
import type { ResolvedOptions } from "./client-options.ts";
import { type Limits, throwIfOver, withDeadline } from "./deadline.ts";
import { readEnvelope } from "./envelope.ts";
import { BlockedError, DingTalkError, NetworkError, ResponseError } from "./errors.ts";
import { type Emit, runHook } from "./events.ts";
import { encodeForm, formContentType } from "./form-body.ts";
import { operations, tokenParameter } from "./generated/operations.ts";
import type { Operation } from "./operation.ts";
import type { Release } from "./rate-limiter.ts";
import { createRedactor } from "./redact.ts";
import type { Answer, Transport } from "./transport.ts";
import { secretsOf, type Values } from "./validate-input.ts";

/** How an attempt ended whose request was sent: with an answer that holds a result, or with an error. */
export type Attempted = { token: string | undefined } & (
  | { error?: undefined; answer: Answer; result: object }
  | { error: DingTalkError; answer?: undefined; result?: undefined }
);

/**
 * Returns the function that makes one attempt of a call: it acquires a token and a slot of the rate limit, sends the request,
 * and reads the answer. It throws what ends the call before the request is sent: that is never retried.
 */
export function createAttempt(options: ResolvedOptions, transport: Transport, tokens: TokenSource, emit: Emit) {
  const { accessToken, appSecret, baseUrl, limiter, maxResponseSize } = options;
  const { remember, redact } = createRedactor([accessToken, appSecret]);
  /** On the clock of `performance.now()`. */
  let blockedUntil = 0;

  async function attempt(limits: Limits, values: Values, number: number): Promise<Attempted> {
    let token: string | undefined;
    let release: Release | undefined;
    try {
      checkBeforeSending(limits);
      // A token can be dropped while the call waits for its slot. If the next token must be waited for, the call gives its slot
      // back: calls that waited for the same token would be sent all at once. The third slot is the last, because a token may
      // live shorter than the queue. Only real promises are awaited: each `await` costs.
      for (let slots = 0; slots < 3; slots++) {
        const nextToken = takeToken(limits, token);
        token = typeof nextToken === "object" ? await nextToken : nextToken;
        if (slots && token === nextToken) break;
        giveBack();
        const slot = takeSlot(limits);
        release = slot instanceof Promise ? await slot : slot;
        if (release === slot) break;
      }
      checkBeforeSending(limits);
      return await send(limits, values, number, token);
    } finally {
      giveBack();
    }

    function giveBack() {
      runHook(release);
      release = undefined;
    }
  }

  function checkBeforeSending(limits: Limits) {
    const blocked = blockedUntil - performance.now();
    if (blocked > 0) throw new BlockedError(limits.operation, Date.now() + Math.ceil(blocked));
    throwIfOver(limits);
  }

  function takeToken(limits: Limits, held?: string): undefined | string | Promise<string> {
    const token = operations[limits.operation].open ? undefined : tokens.get(limits, held);
    return typeof token === "object" ? withDeadline(token, limits) : token;
  }

  function takeSlot(limits: Limits): Release | undefined | Promise<Release | undefined> {
    const { operation } = limits;
    let controller: AbortController | undefined;
    const getController = () => {
      controller ??= new AbortController();
      return controller;
    };
    const slot = limiter?.(operation, {
      // Few limiters ask for it.
      get signal() {
        return getController().signal;
      },
    });
    if (typeof slot !== "object") return toRelease(slot);
    emit({ type: "throttled", operation });
    const turn = Promise.resolve(slot).then(toRelease);
    const cancel = () => {
      getController().abort();
      turn.then(runHook, () => {}); // The limiter may give the slot all the same.
    };
    return withDeadline(turn, limits, { cancel });
  }

  /** Sends the request, and reads the answer. */
  async function send(limits: Limits, values: Values, number: number, token: string | undefined): Promise<Attempted> {
    const { operation } = limits;
    const secrets = token ? [token] : secretsOf(operations[operation], values);
    secrets.forEach(remember);
    const sentAt = performance.now();
    let ended: Attempted;
    try {
      const answer = await request(limits, values, token);
      if (!answer) throw new ResponseError(operation, `is larger than ${maxResponseSize} bytes`);
      const result = readEnvelope(operation, answer, (text) => redact(text, secrets));
      ended = { token, answer, result };
    } catch (error) {
      if (!(error instanceof DingTalkError)) throw error;
      ended = { token, error };
    }
    const { error } = ended;
    emit({ type: "attempt", operation, attempt: number, duration: performance.now() - sentAt, error });
    if (error instanceof BlockedError) {
      blockedUntil = performance.now() + error.until - Date.now();
      emit({ type: "blocked", operation, until: error.until });
    }
    return ended;
  }

  function request(limits: Limits, values: Values, token: string | undefined): Promise<Answer | undefined> {
    const { method, path, query, form }: Operation = operations[limits.operation];
    let search = query ? encodeForm(values, query) : "";
    if (token) search += `${search && "&"}${tokenParameter}=${encodeURIComponent(token)}`;
    // Lint refuses parameters in the path.
    const exchange = transport(
      baseUrl + path + (search && `?${search}`),
      {
        method,
        headers: form ? { "Content-Type": formContentType } : {},
        body: form ? encodeForm(values, form) : null,
      },
      limits.options,
    );
    const answer = exchange.answer.catch((error) => {
      throw new NetworkError(limits.operation, error, baseUrl, exchange.isUnsent());
    });
    return withDeadline(answer, limits, exchange);
  }

  return attempt;
}

/** A limiter of the caller's may return anything. */
const toRelease = (slot: unknown) => (typeof slot === "function" ? (slot as Release) : undefined);
