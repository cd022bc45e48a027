/** Splits lists that are too long for one call. */
import { runHook } from "./events.ts";
import { type BatchedOperations, batchedLists } from "./generated/batches.ts";
// The published file: all entries share one copy of the errors.
import { type CallOptions, type Client, DingTalkError, InputError } from "./index.js";
import { findFault, typeOf } from "./schema.ts";

export type { BatchedOperations } from "./generated/batches.ts";

/** The `operationId` of each operation whose lists may be split, because several calls have the same effect as one. */
export type BatchedOperationId = keyof BatchedOperations;

/** A part of the lists that fits into one call. */
export interface Batch<Id extends BatchedOperationId = BatchedOperationId> {
  readonly operation: Id;
  /** The input of the call. */
  readonly input: BatchedOperations[Id];
  /**
   * - `applied`: DingTalk has carried the whole batch out.
   * - `not-applied`: DingTalk has carried out nothing of it.
   * - `unknown`: DingTalk may have carried out all of it, a part, or nothing.
   * - `not-sent`: an earlier batch has ended the work.
   */
  readonly status: "applied" | "not-applied" | "unknown" | "not-sent";
  /** The call's error: a `DingTalkError`, or the error of your own `limiter`. */
  readonly error?: unknown;
}

/** `signal`, `timeout` and `deadline` apply to the call of each batch. */
export interface BatchesOptions<Id extends BatchedOperationId = BatchedOperationId>
  extends Omit<CallOptions, "withResponse"> {
  /**
   * Whether the work goes on after a batch that was not applied. After the abort of `signal` it never does.
   * @default false
   */
  continueAfterFailure?: boolean | undefined;
  /** Shows the progress: it is called after each call, with the number of the batch from 1. Its errors are ignored. */
  onBatch?: ((batch: Batch<Id>, number: number, total: number) => void) | undefined;
}

/** At least one batch was not applied. `cause` is the error of the first of them. */
export class BatchesError<Id extends BatchedOperationId = BatchedOperationId> extends DingTalkError {
  override readonly name = "BatchesError" as const;
  /** All batches, in the order of the calls. Pass them to {@link callInBatches} to go on. */
  declare readonly batches: readonly Batch<Id>[];

  constructor(operation: Id, batches: readonly Batch<Id>[]) {
    const count = (status: Batch["status"]) => batches.filter((each) => each.status === status).length;
    const others = (["not-applied", "unknown", "not-sent"] as const)
      .filter(count)
      .map((each) => `, ${count(each)} ${each}`);
    const cause = batches.find(({ status }) => status !== "applied")?.error;
    const reason = cause instanceof Error ? cause.message : `a value of type ${typeOf(cause)} was thrown`;
    const fault = `: ${count("applied")} of ${batches.length} batches applied${others.join("")}: ${reason}`;
    const isUntouched = !count("applied") && !count("unknown");
    super(operation, fault, isUntouched ? "not-executed" : "unknown", { batches }, { cause });
  }
}

/**
 * Calls an operation for lists of any length: one call after the other, each with as many items as the operation allows. Two
 * lists give a call for each pair of their parts, so each item of the one meets each item of the other.
 *
 * ```ts
 * await callInBatches(client, "addRolesForMembers", { roleIds, userIds });
 * ```
 *
 * It returns the batches if all were applied. Otherwise it stops at the first that was not, and throws a `BatchesError`, whose
 * `batches` say which were applied. Pass them instead of the input to go on: batches that were applied are not sent again.
 *
 * An empty list, an item that comes twice or another wrong value in the lists is an `InputError` before anything is sent.
 */
export async function callInBatches<Id extends BatchedOperationId>(
  client: Pick<Client, Id>,
  operation: Id,
  input: BatchedOperations[NoInfer<Id>] | readonly Batch<NoInfer<Id>>[],
  options: BatchesOptions<Id> = {},
): Promise<Batch<Id>[]> {
  if (!Object.hasOwn(batchedLists, operation))
    throw new TypeError(
      `callInBatches: operation must be ${Object.keys(batchedLists).join(" or ")}, not ${operation}: other operations cannot be split`,
    );
  const { continueAfterFailure = false, onBatch, ...callOptions } = options;
  const flag = typeOf(continueAfterFailure);
  checkInput(operation, flag === "boolean", `continueAfterFailure must be a boolean, not ${flag}`);
  const batches: Batch<Id>[] = Array.isArray(input) ? [...input] : split(operation, input as BatchedOperations[Id]);
  // A batch of the other operation would count as applied, although its effect is the opposite.
  for (const [index, batch] of batches.entries()) {
    const owner = batch?.operation;
    checkInput(operation, owner === operation, `batch ${index + 1} must be a batch of ${operation}, not of ${owner}`);
  }
  for (const [index, { input, status }] of batches.entries()) {
    if (status === "applied") continue;
    const sent = await send(client, operation, input, callOptions);
    // The earlier call, after which the outcome was unknown, may have applied the batch.
    const batch: Batch<Id> = status === "unknown" && sent.status === "not-applied" ? { ...sent, status } : sent;
    batches[index] = batch;
    runHook(onBatch, batch, index + 1, batches.length);
    if (batch.status !== "applied" && (!continueAfterFailure || callOptions.signal?.aborted)) break;
  }
  if (batches.some(({ status }) => status !== "applied")) throw new BatchesError(operation, batches);
  return batches;
}

function checkInput(operation: BatchedOperationId, isRight: boolean, fault: string) {
  if (!isRight) throw new InputError(operation, fault);
}

/** Without the overloads of each method: TypeScript cannot call a union of them. */
type AnyClient = Record<BatchedOperationId, (input: object, options: CallOptions) => Promise<unknown>>;

async function send<Id extends BatchedOperationId>(
  client: Pick<Client, Id>,
  operation: Id,
  input: BatchedOperations[Id],
  options: CallOptions,
): Promise<Batch<Id>> {
  try {
    await (client as unknown as AnyClient)[operation](input, options);
    return { operation, input, status: "applied" };
  } catch (error) {
    const outcome = (error as DingTalkError | undefined)?.outcome; // A limiter can throw anything.
    const status = outcome === "executed" ? "applied" : outcome === "not-executed" ? "not-applied" : "unknown";
    return { operation, input, status, error };
  }
}

/** Returns a batch for each way to choose a part of each list. */
function split<Id extends BatchedOperationId>(operation: Id, input: BatchedOperations[Id]): Batch<Id>[] {
  const fields = Object.entries(batchedLists[operation]);
  // A call checks only its own part, when other parts have been sent.
  const unlimited = Object.fromEntries(fields.map(([name, schema]) => [name, { ...schema, maxItems: Infinity }]));
  const [empty] = fields.find(([name]) => listIn({ ...input }, name)?.length === 0) ?? [];
  const fault = empty ? `${empty} must have at least 1 item, not 0` : findFault(unlimited, { ...input });
  checkInput(operation, !fault, `${fault}`);
  const [cut] = fields.find(([name]) => !String(listIn(input, name)).isWellFormed()) ?? [];
  checkInput(operation, !cut, `${cut} contains a lone surrogate: it was cut inside a character`);
  let inputs = [input];
  for (const [name, { maxItems = Infinity }] of fields)
    inputs = inputs.flatMap((each) => partsOf(listIn(each, name), maxItems).map((part) => ({ ...each, [name]: part })));
  return inputs.map((each) => ({ operation, input: each, status: "not-sent" }));
}

const listIn = (input: object, name: string) => (input as Record<string, readonly unknown[]>)[name];

const partsOf = (list: readonly unknown[] = [], size: number) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
