/** One behaviour for all the ways in: a request comes, and what is delivered in answer to it goes. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Example, Operation, OperationId, Refusal } from "./api.ts";
import type { Delivery, Reply, Wire } from "./delivery.ts";
import { connectionFaults, faults } from "./faults.ts";
import { gateway, operations, secretParameters, tokenParameter } from "./generated/api.ts";
import { createLimits } from "./limits.ts";
import { createPrism, createReport, type PrismRequest, type Report } from "./prism.ts";
import { describeRequest, type Fields, type RecordedRequest, readParameters, withoutSecrets } from "./record.ts";
import { createScript, fits, type Plan, parseScenario, type Scenario } from "./scenarios.ts";
import { createTokens } from "./tokens.ts";

export interface GatewayOptions {
  /**
   * What a request gets that breaks the description: `strict` is Prism's own problem report (401, 404, 405, 415, 422), which
   * DingTalk never sends, so that a test cannot miss it; `gateway` is what DingTalk answers, HTTP 200 and an errcode.
   * @default "strict"
   */
  mode?: "strict" | "gateway";
  /**
   * Whether tokens are live: `getToken` issues one, and a call with any other is refused.
   * @default true in gateway mode, false in strict mode
   */
  tokens?: boolean;
  /** The token that `getToken` issues, and that is accepted from the beginning. It makes tokens live. */
  token?: string;
  /**
   * Whether the limits are kept: 20 calls a second of each operation, and 10,000 calls in 20 seconds of all, after which
   * nothing but the IP block is answered for 5 minutes.
   * @default false
   */
  limits?: boolean;
  /** What every call gets that has nothing else to get. */
  scenario?: Scenario;
  /**
   * How many of the last requests are kept in `requests`, at least; a tenth more at most.
   * @default 10000
   */
  keep?: number;
  /** Called with each request when what it gets is about to go. What it throws is ignored. */
  onRequest?: (request: RecordedRequest) => void;
}

/** A request that has been read. Names of headers are in lower case. */
export interface Incoming {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Fields;
  readonly body: string;
}

/** What becomes of a request. */
interface Outcome {
  readonly delivery: Delivery;
  readonly plan?: Plan | undefined;
  /** The description's example that is delivered. */
  readonly example?: string | undefined;
  readonly violations?: readonly string[];
}

export type MockGateway = Awaited<ReturnType<typeof createGateway>>;

const ids = new Map(Object.entries(operations).map(([id, { method, path }]) => [`${method} ${path}`, id]));
/** By Prism's status: a request that it cannot place, or that breaks the description. */
const refusalOf: Record<number, Refusal> = { 401: "missingToken", 404: "unknownPath", 405: "wrongMethod" };

export async function createGateway(options: GatewayOptions) {
  const { mode, tokens: live, token, limits: isLimited, scenario, keep, onRequest } = resolveOptions(options);
  const prism = await createPrism();
  const script = createScript(scenario);
  const tokens = createTokens(token);
  const limits = createLimits();
  const requests: RecordedRequest[] = [];

  /** `wait` is of whoever waits for the answer: without `ref` its connection, and not a latency, keeps the process alive. */
  async function handle(request: Incoming, wait: { signal?: AbortSignal; ref?: boolean }): Promise<Delivery> {
    const { plan, delivery } = await deliverOnce(request, wait);
    return plan?.fault === "duplicate" ? (await deliverOnce(request, wait)).delivery : delivery;
  }

  async function deliverOnce(request: Incoming, wait: object): Promise<Outcome> {
    const outcome = await answer(request);
    if (outcome.plan?.latency !== undefined) await sleep(outcome.plan.latency, undefined, wait);
    try {
      onRequest?.(outcome.recorded);
    } catch {}
    return outcome;
  }

  async function answer(request: Incoming): Promise<Outcome & { recorded: RecordedRequest }> {
    const { method, headers, body } = request;
    const read = readUrl(request.url);
    const { path, query } = read;
    const id = ids.get(`${method} ${decodePath(path)}`);
    const described = describeRequest(method, path, query, headers, body);
    const outcome = "report" in read ? refuseWith(read.report) : await decide(request, read, id);
    const { plan, example, violations = [], delivery } = outcome;
    const recorded = {
      operation: id as OperationId | undefined,
      ...described,
      violations: violations.map(withoutSecrets),
      scenario: plan?.name,
      example,
      answer: delivery.status ?? (delivery as Wire).end,
    };
    requests.push(recorded);
    // One at a time, the whole record would be moved for each.
    if (requests.length > keep * 1.1) requests.splice(0, requests.length - keep);
    return { ...outcome, recorded };
  }

  async function decide(request: Incoming, { prefix, path, query }: GoodUrl, id: string | undefined): Promise<Outcome> {
    const asked = readAsked(toPrismRequest(request, path, query), prefix, id);
    if ("report" in asked) return refuseWith(asked.report);
    const { report, answer } = await prism.judge(asked.request, asked.preferences);
    if (report) {
      if (mode === "strict") return refuseWith(report);
      const refused = refuse(refusalOf[report.status] ?? "invalidInput", operationAt(id, path));
      return { ...refused, violations: report.violations };
    }

    const operation = operations[id as string];
    if (!operation) return refuse("unknownPath");
    const refusal = (isLimited && limits.refuse(id)) || (live && refuseToken(operation, query[tokenParameter]));
    if (refusal) return refuse(refusal, operation);
    const plan = asked.plan ?? script.take(id);
    const named = plan?.example === undefined ? undefined : operation.examples[plan.example];
    const reply = issueToken(id, named ? fromExample(named) : fromPrism(answer), query);
    const delivery = deliver(plan, reply, request.url);
    const isExample = delivery === reply && Object.keys(asked.preferences).length === 0;
    return { plan, delivery, example: isExample ? (plan?.example ?? operation.success) : undefined };
  }

  /** What the request itself asks for: by its path's prefix, which stands for the app, or by Prism's `Prefer` header. */
  function readAsked(request: PrismRequest | Report, prefix: string | undefined, id: string | undefined) {
    if ("violations" in request) return { report: request };
    const read = prism.readPreferences(request);
    if ("report" in read) return read;
    const { exampleKey, ...preferences } = read.preferences;
    try {
      const plans = [exampleKey, prefix].map((name) => (name === undefined ? undefined : parseScenario(name)));
      const [byHeader, byPrefix] = plans as [Plan | undefined, Plan | undefined];
      // A header is set for one call; a base URL is every call's, and not each is meant.
      if (byHeader && id !== undefined && !fits(byHeader, id)) parseScenario(`${id}:${exampleKey}`);
      return { request, preferences, plan: byHeader ?? (byPrefix && fits(byPrefix, id) ? byPrefix : undefined) };
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

  return {
    handle,
    script,
    requests: requests as readonly RecordedRequest[],
    expireTokens: () => tokens.expire(),
    /** A token as an app has it: accepted, or expired where it has not been told so yet. */
    currentToken: () => {
      const { operation, value, lifetime } = gateway.token;
      const { examples, success } = operations[operation] as Operation;
      const example = examples[success]?.value as Record<string, unknown>;
      return live ? (tokens.current("") ?? tokens.issue("", example[lifetime] as number)) : (example[value] as string);
    },
    reset() {
      requests.length = 0;
      script.reset();
      tokens.reset();
      limits.reset();
    },
  };
}

const rules: Record<keyof GatewayOptions, [isRight: (value: unknown) => boolean, rule: string]> = {
  mode: [(value) => value === "strict" || value === "gateway", '"strict" or "gateway"'],
  tokens: [(value) => typeof value === "boolean", "true or false"],
  token: [(value) => typeof value === "string" && value !== "", "a string that is not empty"],
  limits: [(value) => typeof value === "boolean", "true or false"],
  scenario: [(value) => typeof value === "string", "the name of a scenario"],
  keep: [(value) => Number.isInteger(value) && Number(value) >= 0, "a whole number from 0"],
  onRequest: [(value) => typeof value === "function", "a function"],
};

function resolveOptions(options: GatewayOptions) {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name))
      throw new TypeError(
        `there is no option ${name}: use ${Object.keys(rules).join(", ")}; for a server also port, host`,
      );
    const [isRight, rule] = rules[name as keyof GatewayOptions];
    if (value !== undefined && !isRight(value))
      throw new TypeError(`${name} must be ${rule}, not ${JSON.stringify(value)}`);
  }
  const { mode = "strict", token, limits = false, keep = 10_000, ...rest } = options;
  const { tokens = token !== undefined || mode === "gateway" } = rest;
  if (token !== undefined && !tokens) throw new TypeError("token needs live tokens: leave tokens out, or true");
  return { ...rest, mode, token, tokens, limits, keep };
}

type GoodUrl = { path: string; query: Fields; prefix: string | undefined };
type ReadUrl = GoodUrl | { path: string; query: Fields; report: Report };

/** `/@SCENARIO` before the path is for apps that can be told nothing but a base URL. */
function readUrl(url: string): ReadUrl {
  const [, prefix, rest = ""] = /^\/@([^/?]*)(.*)$/s.exec(url) ?? ["", undefined, url];
  try {
    const { pathname, searchParams } = new URL(`http://mock${rest}`);
    const name = prefix === undefined ? undefined : decodeURIComponent(prefix);
    return { prefix: name, path: pathname, query: readParameters(searchParams) };
  } catch {
    return { report: createReport(400, "INVALID_URL", "The path is no valid URL"), path: "", query: {} };
  }
}

/** What tells one app from another: what it says of itself that is no secret. */
function appOf(query: Fields): string {
  return JSON.stringify(Object.entries(query).filter(([name]) => !secretParameters.includes(name)));
}

/** As Prism does, before it looks for the operation. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function operationAt(id: string | undefined, path: string): Operation | undefined {
  return id === undefined ? Object.values(operations).find((each) => each.path === path) : operations[id];
}

const jsonType = /^application\/(.+\+)?json\b/i;

function toPrismRequest({ method, headers, body }: Incoming, path: string, query: Fields): PrismRequest | Report {
  const { __server: baseUrl } = query;
  const url = { path, query, ...(baseUrl && { baseUrl: String(baseUrl) }) };
  try {
    const isJson = body !== "" && jsonType.test(String(headers["content-type"]));
    const content = isJson ? JSON.parse(body) : body || null;
    return { method: method.toLowerCase(), url, headers, body: content } as PrismRequest;
  } catch {
    return createReport(400, "INVALID_JSON", "The body is no JSON, though the content type says so");
  }
}

function refuse(
  refusal: Refusal,
  { examples, refusals } = gateway as Pick<Operation, "examples" | "refusals">,
): Outcome {
  const example = refusals[refusal];
  return { delivery: fromExample(examples[example] as Example), example };
}

function refuseWith(report: Report): Outcome {
  return { delivery: report, violations: report.violations };
}

function fromExample({ mediaType, value }: Example): Reply {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return { status: 200, headers: { "content-type": mediaType }, body };
}

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
