import type { TokenSource } from "./access-token.ts";
import type { ResolvedOptions } from "./client-options.ts";
import { type Limits, throwIfOver, withDeadline } from "./deadline.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";
import { BlockedError, DingTalkError, NetworkError, ResponseError } from "./errors.ts";
import { type Emit, runHook } from "./events.ts";
import { encodeForm, formContentType } from "./form-body.ts";
import { operations, tokenParameter } from "./generated/operations.ts";
import type { Operation } from "./operation.ts";
import type { Release } from "./rate-limiter.ts";
import { redact } from "./redact.ts";
import type { Answer, Transport } from "./transport.ts";
import { secretsOf, type Values } from "./validate-input.ts";

/** The result of an attempt whose request was sent: the answer with its content, or the error. */
export type Attempted = { token: string | undefined } & (
  | { answer: Answer; envelope: Envelope; error?: undefined }
  | { answer?: undefined; envelope?: undefined; error: DingTalkError }
);

/**
 * Returns the function that makes one attempt of a call: it acquires a token and a slot of the rate limit, sends the request,
 * and reads the answer. It throws the errors that end the call before the request is sent: they are never retried.
 */
export function createAttempt(options: ResolvedOptions, transport: Transport, tokens: TokenSource, emit: Emit) {
  const { accessToken, appSecret, baseUrl, limiter, maxResponseSize } = options;
  /** The last 8 secrets that the client sent. An answer can quote them. */
  let sentSecrets: readonly string[] = [];
  /** A time of `performance.now()`. */
  let blockedUntil = 0;

  async function attempt(limits: Limits, values: Values, number: number, mayBeDone: boolean): Promise<Attempted> {
    const { operation } = limits;
    let token: string | undefined;
    let release: Release | undefined;
    let sentAt: number | undefined;
    let ended: Attempted;
    try {
      checkBeforeSending(limits);
      // A token can be dropped while the call waits for its slot. If the call must wait for the next token, it gives its slot
      // back: calls that waited for the same token would be sent all at once. The third slot is the last, because a token may
      // live shorter than the queue. Only real promises are awaited: each `await` costs.
      for (let slots = 0; slots < 3; slots++) {
        const nextToken = takeToken(limits, token);
        token = typeof nextToken === "object" ? await nextToken : nextToken;
        if (slots && token === nextToken) break;
        giveBack();
        const slot = takeSlot(limits);
        release = typeof slot === "object" ? await slot : slot;
        if (release === slot) break;
      }
      sentAt = checkBeforeSending(limits);
      ended = { token, ...(await send(limits, values, token, mayBeDone)) };
    } catch (error) {
      if (sentAt === undefined || !(error instanceof DingTalkError)) throw error;
      ended = { token, error };
    } finally {
      giveBack();
    }
    const { error, envelope } = ended;
    const duration = performance.now() - sentAt;
    emit({ type: "attempt", operation, attempt: number, duration, error, proof: envelope?.proof });
    if (error instanceof BlockedError) {
      blockedUntil = performance.now() + error.until - Date.now();
      emit({ type: "blocked", operation, until: error.until });
    }
    return ended;

    function giveBack() {
      runHook(release);
      release = undefined;
    }
  }

  /** Returns the time at which the request may be sent. */
  function checkBeforeSending(limits: Limits): number {
    const now = performance.now();
    if (blockedUntil > now) throw new BlockedError(limits.operation, Date.now() + Math.ceil(blockedUntil - now));
    throwIfOver(limits, now);
    return now;
  }

  function takeToken(limits: Limits, held?: string): undefined | string | Promise<string> {
    const token = operations[limits.operation].open ? undefined : tokens.get(limits, held);
    return typeof token === "object" ? withDeadline(token, limits) : token;
  }

  function takeSlot(limits: Limits): Release | undefined | Promise<Release | undefined> {
    const { operation } = limits;
    const turn = new AbortController();
    const slot = limiter?.(operation, { signal: turn.signal }) as Release | undefined | Promise<Release | undefined>;
    if (typeof slot !== "object") return slot;
    emit({ type: "throttled", operation });
    const pending = Promise.resolve(slot);
    const cancel = () => {
      turn.abort();
      pending.then(runHook, () => {}); // The limiter may still give the slot later.
    };
    return withDeadline(pending, limits, { cancel });
  }

  /** Sends the request, and reads the answer. */
  async function send(limits: Limits, values: Values, token: string | undefined, mayBeDone: boolean) {
    const { operation, options: callOptions } = limits;
    const { method, path, query, form }: Operation = operations[operation];
    const secrets = token ? [token] : secretsOf(operations[operation], values);
    for (const secret of secrets) if (!sentSecrets.includes(secret)) sentSecrets = [secret, ...sentSecrets.slice(0, 7)];

    let search = encodeForm(values, query);
    if (token) search += `${search && "&"}${tokenParameter}=${encodeURIComponent(token)}`;
    // The path has no parameters: the lint of the description refuses them.
    const url = baseUrl + path + (search && `?${search}`);
    const headers = form ? { "Content-Type": formContentType } : {};
    const body = form ? encodeForm(values, form) : null;
    const exchange = transport(url, { method, headers, body }, callOptions);
    const received = exchange.answer.catch((error) => {
      throw new NetworkError(operation, error, baseUrl, exchange.isUnsent());
    });

    const answer = await withDeadline(received, limits, exchange);
    if (!answer) throw new ResponseError(operation, `is larger than ${maxResponseSize} bytes`);
    const hide = (text: string) => redact(text, [accessToken, appSecret, ...sentSecrets, ...secrets]);
    return { answer, envelope: readEnvelope(operation, answer, hide, { mayBeDone, values }) };
  }

  return attempt;
}
