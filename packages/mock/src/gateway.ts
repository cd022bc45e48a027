/** The mock's behavior, the same for the server and for `fetch`: from a request to its delivery. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Example, Operation, Refusal } from "./api.ts";
import type { Delivery, Reply, Wire } from "./delivery.ts";
import { connectionFaults, faults } from "./faults.ts";
import type { Fields } from "./fields.ts";
import { gateway, operations, tokenParameter } from "./generated/api.ts";
import { createLimits } from "./limits.ts";
import { createMemory, type MemoryOptions } from "./memory.ts";
import { createPrism, createReport, type Preferences, type Report, type Verdict } from "./prism.ts";
import { createRecord, describeRequest, type RecordedRequest } from "./record.ts";
import { acceptAlternatives, type Incoming, type ReadRequest, readRequest } from "./request.ts";
import { createScript, fits, isCarriedOut, type Plan, type Scenario } from "./scenarios.ts";
import { isSecret, withoutSecrets } from "./secrets.ts";
import { createTokens } from "./tokens.ts";

export interface GatewayOptions {
  /**
   * The answer to a request that breaks the description. `strict`: Prism's problem report (401, 404, 405, 415, 422), which
   * DingTalk never sends, so a test cannot miss it. `gateway`: the same as DingTalk, HTTP 200 and an errcode.
   * @default "strict"
   */
  mode?: "strict" | "gateway";
  /**
   * Whether tokens are live: `getToken` issues one, and a call with any other token is refused.
   * @default true in gateway mode, false in strict mode
   */
  tokens?: boolean;
  /** The token that `getToken` issues. It is accepted from the start. Setting it makes tokens live. */
  token?: string;
  /**
   * Whether the mock enforces the limits: 20 calls per second of each operation, and 10,000 calls of all in 20 seconds. After
   * these, it answers every call with the IP block for 5 minutes.
   * @default false
   */
  limits?: boolean;
  /**
   * Whether the mock remembers what calls create, rename, delete and give, and answers from that. `{ organization }` says what
   * the organization has at the start; by default it is a new one.
   * @default false
   */
  memory?: boolean | MemoryOptions;
  /** The scenario of every call that has no other scenario. */
  scenario?: Scenario;
  /**
   * How many of the last requests `requests` keeps, at least; at most a tenth more.
   * @default 10000
   */
  keep?: number;
  /** Called with each request just before its answer is sent. Errors that it throws are ignored. */
  onRequest?: (request: RecordedRequest) => void;
}

/** The result of a request. */
interface Outcome {
  readonly delivery: Delivery;
  readonly plan?: Plan | undefined;
  /** The name of the example that is delivered. */
  readonly example?: string | undefined;
  readonly violations?: readonly string[];
}

export type MockGateway = Awaited<ReturnType<typeof createGateway>>;

/** The refusal for each status of Prism. Any other status is `invalidInput`. */
const refusalOf: Record<number, Refusal> = { 401: "missingToken", 404: "unknownPath", 405: "wrongMethod" };

export async function createGateway(options: GatewayOptions) {
  const { mode, tokens: live, token, limits: isLimited, scenario, keep, onRequest, ...rest } = resolveOptions(options);
  const memory = rest.memory && createMemory(rest.memory);
  const prism = await createPrism();
  const script = createScript(scenario, memory !== undefined);
  const tokens = createTokens(token);
  const limits = createLimits();
  const record = createRecord(keep);
  /** How many calls of each operation have succeeded. */
  const created = new Map<Operation, number>();

  /** `wait` has the options for a latency: with `ref: false` the connection, not the timer, keeps the process alive. */
  async function handle(request: Incoming, wait: { signal?: AbortSignal; ref?: boolean }): Promise<Delivery> {
    const { plan, delivery } = await deliverOnce(request, wait);
    return plan?.fault === "duplicate" ? (await deliverOnce(request, wait, true)).delivery : delivery;
  }

  /** The second arrival of a request takes no scenario. */
  async function deliverOnce(request: Incoming, wait: object, isSecond = false): Promise<Outcome> {
    const outcome = await answer(request, isSecond);
    if (outcome.plan?.latency !== undefined) await sleep(outcome.plan.latency, undefined, wait);
    try {
      onRequest?.(outcome.recorded);
    } catch {}
    return outcome;
  }

  async function answer(incoming: Incoming, isSecond: boolean): Promise<Outcome & { recorded: RecordedRequest }> {
    const read = readRequest(incoming);
    const { request, accepted } =
      read && mode === "gateway" ? acceptAlternatives(read) : { request: read, accepted: [] };
    const described = describeRequest(incoming, read, request?.query[tokenParameter]);
    const outcome = request ? await decide(request, incoming.url, isSecond) : refuseWith(unreadable);
    const { plan, example, violations = [], delivery } = outcome;
    const recorded = {
      ...described,
      accepted,
      violations: violations.map(withoutSecrets),
      scenario: plan?.name,
      example,
      answer: delivery.status ?? (delivery as Wire).end,
    };
    record.add(recorded, incoming.url.length + incoming.body.length);
    return { ...outcome, recorded };
  }

  async function decide(request: ReadRequest, url: string, isSecond: boolean): Promise<Outcome> {
    const { id, path, query } = request;
    const asked = readAsked(request);
    if ("report" in asked) return refuseWith(asked.report);
    const { report, answer } = await judge(request, asked.preferences);
    if (report) {
      if (mode === "strict") return refuseWith(report);
      const refused = refuse(refusalOf[report.status] ?? "invalidInput", operationAt(id, path), report.fields);
      return { ...refused, violations: report.violations };
    }

    const operation = operations[id as string];
    if (!operation) return refuse("unknownPath");
    const refusal = (isLimited && limits.refuse(id)) || (live && refuseToken(operation, query[tokenParameter]));
    if (refusal) return refuse(refusal, operation);
    const plan = isSecond ? undefined : (asked.plan ?? script.take(id));
    const named = plan?.example === undefined ? undefined : operation.examples[plan.example];
    const isExample = Object.keys(asked.preferences).length === 0;
    const remembered = isExample && isCarriedOut(plan) ? remember(id as string, operation, request) : undefined;
    const success = () => (isExample ? withNewIds(operation, fromPrism(answer)) : fromPrism(answer));
    const unissued = named ? fromExample(named) : remembered ? toJson(remembered.body) : success();
    const reply = issueToken(id, unissued, query);
    const delivery = deliver(plan, reply, url);
    const example = plan?.example ?? remembered?.example ?? operation.success;
    return { plan, delivery, example: isExample && delivery === reply ? example : undefined };
  }

  /** Carries the call out in the memory, if there is one and the operation uses it. */
  function remember(id: string, operation: Operation, { form = {} }: ReadRequest) {
    const { memory: use } = operation;
    return use && memory?.carryOut(id, { ...operation, memory: use }, form);
  }

  /** Adds the faults that Prism cannot see: those of the encoding, and an empty list, which Prism takes as left out. */
  async function judge(request: ReadRequest, preferences: Preferences): Promise<Verdict> {
    const verdict = await prism.judge(request, preferences);
    const isOfInput = !verdict.report || [400, 422].includes(verdict.report.status);
    if (isOfInput && request.faults.length > 0)
      return { report: createReport(400, "MALFORMED_INPUT", ...request.faults) };
    const empty = verdict.report ? [] : emptyListsOf(request);
    return empty.length > 0 ? { report: createReport(422, "UNPROCESSABLE_ENTITY", ...empty) } : verdict;
  }

  function emptyListsOf({ id, form = {} }: ReadRequest): string[] {
    return Object.entries(operations[id as string]?.form ?? {})
      .filter(([name, type]) => type === "list" && form[name] === "")
      .map(([name]) => `Request body property ${name} must NOT have fewer than 1 items`);
  }

  /** The scenario that the request asks for: with Prism's `Prefer` header, or with a prefix of its path. */
  function readAsked(request: ReadRequest) {
    const { id, prefix } = request;
    const read = prism.readPreferences(request);
    if ("report" in read) return read;
    const { exampleKey, ...preferences } = read.preferences;
    try {
      const plans = [exampleKey, prefix].map((name) => (name === undefined ? undefined : script.parse(name)));
      const [byHeader, byPrefix] = plans as [Plan | undefined, Plan | undefined];
      // A header is set for one call. A prefix is in the base URL of all calls, and need not fit each of them.
      if (byHeader && id !== undefined && !fits(byHeader, id)) script.parse(`${id}:${exampleKey}`);
      return { preferences, plan: byHeader ?? (byPrefix && fits(byPrefix, id) ? byPrefix : undefined) };
    } catch (error) {
      return { report: createReport(404, "UNKNOWN_SCENARIO", (error as Error).message) };
    }
  }

  function refuseToken({ isOpen }: Operation, value: Fields[string] | undefined) {
    return isOpen ? undefined : tokens.refuse(String(value));
  }

  function issueToken(id: string | undefined, reply: Reply, query: Fields): Reply {
    const { operation, value, lifetime } = gateway.token;
    if (!live || id !== operation || !jsonType.test(reply.headers["content-type"] ?? "")) return reply;
    const fields = JSON.parse(String(reply.body));
    if (fields[value] === undefined) return reply;
    fields[value] = tokens.issue(appOf(query), fields[lifetime]);
    return { ...reply, body: JSON.stringify(fields) };
  }

  /** The first thing that an operation creates has the ids of the example. Each later one has new ids. */
  function withNewIds(operation: Operation, reply: Reply): Reply {
    const before = created.get(operation) ?? 0;
    created.set(operation, before + 1);
    if (before === 0 || operation.newIds.length === 0) return reply;
    const fields = JSON.parse(String(reply.body));
    for (const name of operation.newIds) fields[name] += before;
    return { ...reply, body: JSON.stringify(fields) };
  }

  return {
    handle,
    script,
    requests: record.requests,
    organization() {
      if (!memory) throw new TypeError("organization() needs a memory: pass `memory: true`");
      return memory.organization();
    },
    expireTokens: () => tokens.expire(),
    /** The token that an app would use: accepted, or expired if no answer has told the app so yet. */
    currentToken: () => {
      const { operation, value, lifetime } = gateway.token;
      const { examples, success } = operations[operation] as Operation;
      const example = examples[success]?.value as Record<string, unknown>;
      return live ? (tokens.current("") ?? tokens.issue("", example[lifetime] as number)) : (example[value] as string);
    },
    reset() {
      record.clear();
      created.clear();
      memory?.reset();
      script.reset();
      tokens.reset();
      limits.reset();
    },
  };
}

const rules: Record<keyof GatewayOptions, [isRight: (value: unknown) => boolean, rule: string]> = {
  mode: [(value) => value === "strict" || value === "gateway", '"strict" or "gateway"'],
  tokens: [(value) => typeof value === "boolean", "true or false"],
  token: [(value) => typeof value === "string" && value !== "", "a non-empty string"],
  limits: [(value) => typeof value === "boolean", "true or false"],
  memory: [
    (value) => typeof value === "boolean" || (typeof value === "object" && value !== null),
    "true, false or an object",
  ],
  scenario: [(value) => typeof value === "string", "the name of a scenario"],
  keep: [(value) => Number.isInteger(value) && Number(value) >= 0, "a whole number from 0"],
  onRequest: [(value) => typeof value === "function", "a function"],
};

function resolveOptions(options: GatewayOptions) {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name))
      throw new TypeError(
        `unknown option ${name}: expected ${Object.keys(rules).join(", ")}; for a server also port, host`,
      );
    const [isRight, rule] = rules[name as keyof GatewayOptions];
    if (value !== undefined && !isRight(value))
      throw new TypeError(`${name} must be ${rule}, not ${JSON.stringify(value)}`);
  }
  const { mode = "strict", token, limits = false, memory = false, keep = 10_000, ...rest } = options;
  const { tokens = token !== undefined || mode === "gateway" } = rest;
  if (token !== undefined && !tokens)
    throw new TypeError("tokens must be true or left out if token is given, not false");
  return { ...rest, mode, token, tokens, limits, keep, memory: memory === true ? {} : memory || undefined };
}

const unreadable = createReport(400, "INVALID_URL", "The path must be a valid URL");

/** The key of an app: its query without the secrets. */
function appOf(query: Fields): string {
  return JSON.stringify(Object.entries(query).filter(([name]) => !isSecret(name)));
}

function operationAt(id: string | undefined, path: string): Operation | undefined {
  return id === undefined ? Object.values(operations).find((each) => each.path === path) : operations[id];
}

const jsonType = /^application\/(.+\+)?json\b/i;

function refuse(
  refusal: Refusal,
  { examples, refusals, refusedFields = {} }: Pick<Operation, "examples" | "refusals"> & Partial<Operation> = gateway,
  fields: readonly string[] = [],
): Outcome {
  const own = fields.map((each) => refusedFields[each]).find((each) => each !== undefined);
  const example = own ?? refusals[refusal];
  return { delivery: fromExample(examples[example] as Example), example };
}

function refuseWith(report: Report): Outcome {
  return { delivery: report, violations: report.violations };
}

function fromExample({ mediaType, value }: Example): Reply {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return { status: 200, headers: { "content-type": mediaType }, body };
}

const toJson = (value: unknown) => fromExample({ mediaType: "application/json", value });

function fromPrism({ statusCode, headers, body }: { statusCode: number; headers?: object; body?: unknown }): Reply {
  const names = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { status: statusCode, headers: Object.fromEntries(names), body: JSON.stringify(body) };
}

function deliver(plan: Plan | undefined, reply: Reply, url: string): Delivery {
  if (plan?.status !== undefined)
    return { ...reply, status: plan.status, body: "{}", ...toNowhere(plan.status, reply) };
  const fault = plan?.fault;
  if (fault === undefined || fault === "duplicate") return reply;
  return fault in connectionFaults ? { end: "reset" } : faults[fault as keyof typeof faults]({ reply, url });
}

function toNowhere(status: number, { headers }: Reply) {
  return status >= 300 && status < 400 && { headers: { ...headers, location: "/redirected" } };
}
