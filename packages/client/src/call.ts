import { createTokenSource } from "./access-token.ts";
import { type CallOptions, type ResolvedOptions, type ResponseOptions, resolveLimits } from "./client-options.ts";
import { readEnvelope } from "./envelope.ts";
import { type ApiError, BlockedError, DingTalkError, NetworkError, ResponseError } from "./errors.ts";
import type { ClientEvent } from "./events.ts";
import { encodeForm, formContentType } from "./form-body.ts";
import { codes } from "./generated/codes.ts";
import { operations, tokenParameter } from "./generated/operations.ts";
import type { GetTokenResult, OperationId } from "./generated/types.ts";
import { checkInput, secretsOf, type Values } from "./input.ts";
import { bound, checkEnd, type Limits, sleep } from "./limits.ts";
import type { Operation } from "./operation.ts";
import { planRetry } from "./retry.ts";
import type { Release } from "./throttle.ts";
import type { AnswerRecord, Send } from "./transport.ts";

/** The caller's own limiter may return anything. */
const toRelease = (slot: unknown) => (typeof slot === "function" ? (slot as Release) : undefined);

/** Runs the caller's function at once. It is `async`, because the function may fail later, and Node ends for an unheard rejection. */
async function runHook<Args extends unknown[]>(hook: ((...args: Args) => void) | undefined, ...args: Args) {
  try {
    await hook?.(...args);
  } catch {}
}

/** Returns the function that makes one call of any operation: the input's fields in, the success answer's fields out. */
export function createCall(options: ResolvedOptions, send: Send) {
  const { accessToken, appSecret, baseUrl, limiter, retries, onEvent } = options;
  const tokens = createTokenSource(options, (input) => call("getToken", input) as Promise<GetTokenResult>, emit);
  /** What an answer could quote: the secrets that the client was given, and the last 8 that it sent. */
  let secrets: unknown[] = [accessToken, appSecret];
  let blockedUntil = 0;

  async function call(id: OperationId, input: object, callOptions?: CallOptions | ResponseOptions): Promise<object> {
    const operation = operations[id];
    const limits = resolveLimits(id, options, callOptions);
    const values = checkInput(id, operation, input);
    let isRenewed = false;
    for (let attempt = 1, retry = 0; ; attempt++) {
      let token: string | undefined;
      let release: Release | undefined;
      let sentAt: number | undefined;
      const giveBack = () => {
        runHook(release);
        release = undefined;
      };
      const ended = (error?: DingTalkError) =>
        emit({
          type: "attempt",
          operation: id,
          attempt,
          duration: performance.now() - (sentAt as number),
          error,
        });
      try {
        checkBeforeSending(limits);
        // What is there is not waited for: each wait costs, and nearly always there is none. A token that was dropped while
        // the call waited for its turn costs another turn: calls that waited for a token would go all at once. The third is
        // the last: a token may live shorter than the queue.
        for (let turns = 0; turns < 3; turns++) {
          const got = takeToken(limits, token);
          token = typeof got === "object" ? await got : got;
          if (turns && got === token) break;
          giveBack();
          const slot = takeSlot(limits);
          release = slot instanceof Promise ? await slot : slot;
          if (release === slot) break;
        }
        checkBeforeSending(limits);
        const own = token ? [token] : secretsOf(operation, values);
        own.forEach(remember);
        sentAt = performance.now();
        const answer = await exchange(limits, values, token);
        giveBack();
        if (!answer) throw new ResponseError(id, `is larger than ${options.maxResponseSize} bytes`);
        const result = readEnvelope(id, operation, answer, [...own, ...secrets]);
        ended();
        return callOptions?.withResponse ? { result, status: answer.status, headers: answer.headers() } : result;
      } catch (error) {
        giveBack();
        if (sentAt === undefined || !(error instanceof DingTalkError)) throw error;
        ended(error);
        if (error instanceof BlockedError) {
          blockedUntil = performance.now() + error.until - Date.now();
          emit({ type: "blocked", operation: id, until: error.until });
        }

        let wait: number | undefined;
        const isRefused = codes[(error as ApiError).errcode]?.[2] === "new-token";
        if (token && isRefused && tokens.reject(token) && !isRenewed) {
          isRenewed = true;
          wait = 0;
        } else if (retry < retries) wait = planRetry(error, operation.effect, retry++);
        if (wait === undefined || performance.now() + wait >= limits.deadlineAt) throw error;
        emit({ type: "retry", operation: id, attempt, wait, error });
        if (wait) await sleep(wait, limits);
      }
    }
  }

  function remember(secret: string) {
    if (!secrets.includes(secret)) secrets = [accessToken, appSecret, secret, ...secrets.slice(2, 9)];
  }

  /** The token for a call that carries one. One that the call holds already may have been dropped while it waited. */
  function takeToken(limits: Limits, held?: string): undefined | string | Promise<string> {
    const { operation } = limits;
    const got = operations[operation].open ? undefined : tokens.get(limits, held);
    return typeof got === "object" ? bound(got, limits) : got;
  }

  /** Waits for the rate limit. */
  function takeSlot(limits: Limits): Release | undefined | Promise<Release | undefined> {
    const { operation } = limits;
    let controller: AbortController | undefined;
    const own = () => {
      controller ??= new AbortController();
      return controller;
    };
    const slot = limiter?.(operation, {
      get signal() {
        return own().signal;
      },
    });
    if (typeof slot !== "object") return toRelease(slot);
    emit({ type: "throttled", operation });
    const turn = Promise.resolve(slot).then(toRelease);
    return bound(turn, limits, () => {
      own().abort();
      turn.then(runHook, () => {}); // The limiter may give the turn all the same.
    });
  }

  /** One request and its answer. */
  function exchange(limits: Limits, values: Values, token?: string): Promise<AnswerRecord | undefined> {
    const { method, path, query, form }: Operation = operations[limits.operation];
    let search = query ? encodeForm(values, query) : "";
    if (token) search += `${search && "&"}${tokenParameter}=${encodeURIComponent(token)}`;
    // The generator refuses parameters in the path.
    const url = baseUrl + path + (search && `?${search}`);
    const { answer, cancel, isUnsent } = send(url, {
      method,
      headers: form ? { "Content-Type": formContentType } : {},
      body: form ? encodeForm(values, form) : null,
    });
    const named = answer.catch((error) => {
      throw new NetworkError(limits.operation, error, baseUrl, isUnsent());
    });
    return bound(named, limits, cancel, isUnsent);
  }

  function checkBeforeSending(limits: Limits) {
    const blocked = blockedUntil - performance.now();
    if (blocked > 0) throw new BlockedError(limits.operation, Date.now() + Math.ceil(blocked));
    checkEnd(limits);
  }

  function emit(event: ClientEvent) {
    runHook(onEvent, event);
  }

  return call;
}
