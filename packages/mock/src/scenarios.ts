/** Scenarios: the answers of the next calls, by name. A name is an example of the description, or a fault. */
import type { OperationId } from "./api.ts";
import { type FaultName, faultNames, losses } from "./faults.ts";
import { type ExampleNames, gateway, operations, type UnknownOutcome, unknownOutcomes } from "./generated/api.ts";

type Loss = keyof typeof losses | UnknownOutcome | `status:${number}`;
type Fault = FaultName | `latency:${number}` | `status:${number}` | `commit:${Loss}`;

/**
 * The name of an example of the description, or of a fault. It applies to any operation that has it. After an `operationId`
 * and a colon, it applies to that operation only.
 */
export type Scenario =
  | ExampleNames[OperationId]
  | Fault
  | { [Id in OperationId]: `${Id}:${ExampleNames[Id] | Fault}` }[OperationId];

export interface Plan {
  readonly name: string;
  readonly operation?: string;
  readonly example?: string;
  readonly fault?: FaultName;
  /** In milliseconds. */
  readonly latency?: number;
  /** An HTTP status. */
  readonly status?: number;
  /** Whether the call is carried out, although its answer is lost. */
  readonly commits?: boolean;
}

const MAX_LATENCY_MS = 600_000;

/** An unknown name throws a `RangeError` that lists all names. */
export function parseScenario(name: string, hasMemory: boolean): Plan {
  const [first, ...rest] = String(name).split(":");
  const isQualified = rest.length > 0 && Object.hasOwn(operations, first as string);
  const operation = isQualified ? first : undefined;
  const bare = isQualified ? rest.join(":") : String(name);
  const plan = { name: String(name), ...(operation !== undefined && { operation }) };
  const [, loss] = /^commit:(.*)$/.exec(bare) ?? [];
  if (loss !== undefined) {
    if (!hasMemory) throw new RangeError(`the scenario ${name} needs a memory: pass \`memory: true\`, or --memory`);
    if (isLoss(loss))
      return { ...parseScenario(operation ? `${operation}:${loss}` : loss, true), ...plan, commits: true };
    throw new RangeError(`unknown scenario ${JSON.stringify(name)}: ${commitWays}`);
  }

  const [, kind, number] = /^(latency|status):(\d+)$/.exec(bare) ?? [];
  const value = Number(number);
  if (kind === "latency" && value <= MAX_LATENCY_MS) return { ...plan, latency: value };
  if (kind === "status" && value >= 200 && value <= 599) return { ...plan, status: value };
  if (faultNames.includes(bare as FaultName)) return { ...plan, fault: bare as FaultName };
  if (examplesOf(operation).includes(bare)) return { ...plan, example: bare };
  throw new RangeError(`unknown scenario ${JSON.stringify(name)}: ${ways(operation)}`);
}

const isLoss = (name: string) =>
  Object.hasOwn(losses, name) || unknownOutcomes.includes(name) || name.startsWith("status:");

const commitWays = `with a memory commit:NAME, which carries the call out, for ${[...Object.keys(losses), ...unknownOutcomes].join(", ")}, status:NUMBER`;

function examplesOf(operation: string | undefined): string[] {
  const chosen = operation ? [operations[operation]] : Object.values(operations);
  return [...new Set(chosen.flatMap((each) => Object.keys(each?.examples ?? {})))];
}

function ways(operation: string | undefined): string {
  return [
    `expected an example (${examplesOf(operation).join(", ")})`,
    `a fault (${faultNames.join(", ")})`,
    `latency:MILLISECONDS up to ${MAX_LATENCY_MS}, or status:NUMBER from 200 to 599`,
    commitWays,
    `for one operation as OPERATION:NAME (${Object.keys(operations).join(", ")})`,
  ].join("; ");
}

/** Whether a call can have this scenario. `id` is `undefined` for a path without an operation. */
export function fits({ operation, example }: Plan, id: string | undefined): boolean {
  if (operation !== undefined && operation !== id) return false;
  return (
    example === undefined || Object.hasOwn((id ? operations[id] : undefined)?.examples ?? gateway.examples, example)
  );
}

/** Whether a call with this plan is carried out. One whose answer is lost, is so only if the plan says so. */
export function isCarriedOut(plan: Plan | undefined): boolean {
  const { commits, example, status, fault = "" } = plan ?? {};
  if (commits) return true;
  return example === undefined && status === undefined && !Object.hasOwn(losses, fault) && fault !== "quotedRequest";
}

export interface Script {
  /** The names of `next` that no call has taken yet. */
  readonly pending: readonly string[];
  next(names: readonly string[]): void;
  always(name: string): void;
  /** Takes the plan for a call. A plan of `next` is used once. */
  take(operation: string | undefined): Plan | undefined;
  /** Takes the plan of the next call, if it is one of these faults. */
  takeFault(isOne: (fault: FaultName) => boolean): Plan | undefined;
  /** Reads the name of a scenario. */
  parse(name: string): Plan;
  reset(): void;
}

export function createScript(start: string | undefined, hasMemory: boolean): Script {
  const parse = (name: string) => parseScenario(name, hasMemory);
  const queue: Plan[] = [];
  const standing = new Map<string | undefined, Plan>();

  function always(name: string) {
    const plan = parse(name);
    standing.set(plan.operation, plan);
  }

  function reset() {
    queue.length = 0;
    standing.clear();
    if (start !== undefined) always(start);
  }
  reset();

  return {
    get pending() {
      return queue.map(({ name }) => name);
    },
    parse,
    next: (names) => queue.push(...names.map(parse)),
    always,
    take(operation) {
      const index = queue.findIndex((plan) => fits(plan, operation));
      if (index >= 0) return queue.splice(index, 1)[0];
      return [standing.get(operation), standing.get(undefined)].find((plan) => plan && fits(plan, operation));
    },
    takeFault(isOne) {
      const plan = queue[0] ?? standing.get(undefined);
      if (!plan?.fault || plan.operation !== undefined || !isOne(plan.fault)) return undefined;
      if (plan === queue[0]) queue.shift();
      return plan;
    },
    reset,
  };
}
