import { createTokenSource } from "./access-token.ts";
import { createAttempt } from "./attempt.ts";
import type { CallOptions, ResponseOptions } from "./call-options.ts";
import type { ResolvedOptions } from "./client-options.ts";
import { sleep } from "./deadline.ts";
import { type ApiError, type DingTalkError, toUnknown } from "./errors.ts";
import { type Emit, runHook } from "./events.ts";
import { operations, tokenIssuer } from "./generated/operations.ts";
import type { OperationId } from "./generated/types.ts";
import { resolveLimits } from "./resolve-options.ts";
import { planRetry } from "./retry.ts";
import type { Transport } from "./transport.ts";
import { validateInput } from "./validate-input.ts";

/** Returns the function that calls any operation. It makes attempts until one succeeds, or must not be repeated. */
export function createCall(options: ResolvedOptions, transport: Transport) {
  const emit: Emit = (event) => runHook(options.onEvent, event);
  const fetchToken = (input: object) => call(tokenIssuer.id, input) as Promise<Record<string, unknown>>;
  const tokens = createTokenSource(options, fetchToken, emit);
  const attempt = createAttempt(options, transport, tokens, emit);

  async function call(id: OperationId, input: object, callOptions?: CallOptions | ResponseOptions): Promise<object> {
    const limits = resolveLimits(id, options, callOptions);
    const values = validateInput(id, operations[id], input);
    let retries = 0;
    let hasNewToken = false;
    /** Whether an attempt had an unknown outcome. */
    let mayBeDone = false;

    try {
      for (let number = 1; ; number++) {
        const { token, error, answer, envelope } = await attempt(limits, values, number, mayBeDone);
        if (!error) {
          const { proof: _, ...found } = envelope;
          if (!callOptions?.withResponse) return found.result;
          return { ...found, status: answer.status, headers: answer.headers() };
        }

        mayBeDone ||= error.outcome === "unknown";
        let wait: number | undefined;
        if (token && (error as ApiError).resend === "new-token") {
          if (tokens.reject(token) && !hasNewToken) wait = 0;
          hasNewToken = true;
        } else if (retries < options.retries) {
          wait = planRetry(error, operations[id].effect, retries);
          retries++;
        }
        if (wait === undefined || performance.now() + wait >= limits.deadlineAt) throw error;
        emit({ type: "retry", operation: id, attempt: number, wait, error });
        if (wait) await sleep(wait, limits);
      }
    } catch (error) {
      throw mayBeDone && (error as DingTalkError)?.outcome === "not-executed"
        ? toUnknown(error as DingTalkError)
        : error;
    }
  }

  return call;
}
