/** `dingrole doctor`: finds the reasons why calls cannot work, and says how to fix each. */
import {
  ApiError,
  BlockedError,
  type Client,
  type Credentials,
  DingTalkError,
  NetworkError,
  TimeoutError,
} from "@dingrole/client";
import { createClient } from "@dingrole/client/node";
import {
  type ConnectionFlags,
  type FoundCredentials,
  findCredentials,
  type Place,
  readEnvironment,
  readPlace,
  variables,
} from "../connection.ts";
import { describeError } from "../describe-error.ts";
import { examinePermissions } from "../examine-permissions.ts";
import { permissions } from "../generated/permissions.ts";
import { type ExitCode, exitCodes, RefusedError } from "../outcome.ts";
import { createOutput, formatTime, type OutputFlags, paint } from "../output.ts";

export interface DoctorFlags extends ConnectionFlags, OutputFlags {}

export interface Finding {
  readonly check: "reachability" | "clock" | "credentials" | "permission";
  /** DingTalk's name of the permission. */
  readonly permission?: string;
  /** `open`: it cannot be checked. */
  readonly state: "right" | "wrong" | "open";
  readonly found: string;
  readonly advice?: string;
}

const CLOCK_TOLERANCE_MS = 60_000;

export async function doctor(flags: DoctorFlags): Promise<ExitCode> {
  const output = createOutput(flags);
  const marks = {
    right: paint("green", "✓", process.stdout),
    wrong: paint("red", "✗", process.stdout),
    open: paint("yellow", "?", process.stdout),
  };
  let isRight = true;
  for await (const finding of examine(flags)) {
    const { check, permission, state, found, advice } = finding;
    isRight &&= state === "right" || (check === "clock" && state === "open");
    const about = permission === undefined ? check : `${check} ${permission}`;
    output.result(`${marks[state]} ${about}: ${found}${advice === undefined ? "" : `\n  → ${advice}`}`, finding);
  }
  return isRight ? exitCodes.done : exitCodes.failed;
}

export async function* examine(flags: DoctorFlags): AsyncGenerator<Finding> {
  const environment = readEnvironment(flags);
  const place = readPlace(flags, environment);
  const accessToken = yield* examineCredentials(place, findCredentials(environment));
  if (accessToken !== undefined) yield* examinePermissions(createClient({ ...place, accessToken, retries: 0 }));
  else
    for (const permission of Object.keys(permissions))
      yield { check: "permission", permission, state: "open", found: "only calls with a valid token show it" };
}

/** Returns the access token if it is valid. */
async function* examineCredentials(place: Place, { appKey, appSecret, accessToken }: FoundCredentials) {
  if (appKey !== undefined && appSecret !== undefined)
    return yield* examineCall(place, { appKey, appSecret }, async (client) => {
      const { access_token, expires_in } = await client.getToken({ appkey: appKey, appsecret: appSecret });
      const found = `the app key and secret are right; the token is valid for ${formatTime(expires_in * 1000)}`;
      return { token: access_token, found };
    });
  if (accessToken !== undefined)
    return yield* examineCall(place, { accessToken }, async (client) => {
      await client.listRoles({ size: 1, offset: 0 }).catch((error) => {
        // DingTalk's gateway checks the token before the permission.
        if (!(error instanceof ApiError && error.category === "permission")) throw error;
      });
      return { token: accessToken, found: "the access token is valid" };
    });
  const advice = `Set ${variables.appKey} and ${variables.appSecret} in the environment, or in a file that --env names.`;
  yield { check: "credentials", state: "wrong", found: "missing", advice } satisfies Finding;
  return undefined;
}

/** Makes a call that changes nothing. It checks reachability, clock and credentials at once. Returns the token if it is valid. */
async function* examineCall(
  place: Place,
  credentials: Credentials,
  call: (client: Client) => Promise<{ token: string; found: string }>,
): AsyncGenerator<Finding, string | undefined> {
  let answer: Response | undefined;
  const client = createClient({
    ...place,
    ...credentials,
    retries: 0,
    async fetch(url, init) {
      answer = await fetch(url, init);
      return answer;
    },
  });
  try {
    const { token, found } = await call(client);
    yield* examineAnswer(answer);
    yield { check: "credentials", state: "right", found };
    return token;
  } catch (error) {
    yield* answer === undefined ? [unreached(error, place)] : examineAnswer(answer);
    if (answer !== undefined) yield refused(error, place);
    return undefined;
  }
}

function* examineAnswer(answer: Response | undefined): Generator<Finding> {
  yield { check: "reachability", state: "right", found: `${new URL(answer?.url ?? "").host} answers` };
  const date = Date.parse(answer?.headers.get("date") ?? "");
  const ahead = Date.now() - date;
  if (Number.isNaN(date)) yield { check: "clock", state: "open", found: "the answer has no date" };
  else if (Math.abs(ahead) < CLOCK_TOLERANCE_MS)
    yield { check: "clock", state: "right", found: "correct to the minute" };
  else
    yield {
      check: "clock",
      state: "wrong",
      found: `${formatTime(Math.abs(ahead))} ${ahead > 0 ? "ahead" : "behind"}`,
      advice: "Set the machine's clock (NTP): certificates and cached tokens depend on it.",
    };
}

const withProxies = `NODE_USE_ENV_PROXY=1, on Node.js 22.21 or later (this is ${process.versions.node})`;

const certificateAdvice =
  "The certificate is not trusted: if your company's proxy decrypts TLS, set NODE_EXTRA_CA_CERTS to its certificate.";

/** Keyed by the beginning of Node's error code. */
const networkAdvice: Record<string, string> = {
  ENOTFOUND: "The host name is unknown: check the base URL and DNS.",
  EAI_AGAIN: "The name server does not answer: check DNS and the network.",
  ECONNREFUSED: `Nothing listens there: check the base URL. If a proxy is needed, set HTTPS_PROXY, with ${withProxies}.`,
  CERT: certificateAdvice,
  DEPTH_ZERO: certificateAdvice,
  SELF_SIGNED: certificateAdvice,
  UNABLE_TO: certificateAdvice,
};

/** The message of the error has the status with which a proxy refuses. */
function adviseOnProxy({ message }: Error): string | undefined {
  const status = /the proxy refused with status (\d+)$/.exec(message)?.[1];
  if (status === "407")
    return "The proxy wants a user name and a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT. If both are set, they are wrong.";
  return status && "The proxy refuses this host, or cannot reach it: ask the administrator of the proxy.";
}

/** If Node.js ignores HTTPS_PROXY it connects directly, and its error does not say so. */
function adviseOnIgnoredProxy({ baseUrl }: Place): string | undefined {
  const { HTTPS_PROXY, https_proxy, NODE_USE_ENV_PROXY, NODE_OPTIONS = "" } = process.env;
  const flag = "--use-env-proxy";
  const isUsed =
    process.allowedNodeEnvironmentFlags.has(flag) && (NODE_USE_ENV_PROXY === "1" || NODE_OPTIONS.includes(flag));
  if (isUsed || !(HTTPS_PROXY || https_proxy) || baseUrl?.startsWith("http:")) return;
  return `HTTPS_PROXY is set, and Node.js did not use it: set ${withProxies}.`;
}

function unreached(error: unknown, place: Place): Finding {
  if (!(error instanceof NetworkError || error instanceof TimeoutError || error instanceof BlockedError))
    throw error instanceof TypeError ? new RefusedError(error.message) : error;
  const code = (error instanceof NetworkError && error.code) || "";
  const known = Object.entries(networkAdvice).find(([begin]) => code.startsWith(begin));
  const advice =
    adviseOnProxy(error) ??
    adviseOnIgnoredProxy(place) ??
    known?.[1] ??
    `Check the network and firewalls. If a proxy is needed, set HTTPS_PROXY, with ${withProxies}.`;
  return { check: "reachability", state: "wrong", found: describeError(error), advice };
}

function refused(error: unknown, place: Place): Finding {
  const advice = adviseOnRefusal(error, place);
  const isOpen = !(error instanceof ApiError) || error.category === "busy" || error.category === "rate-limit";
  return {
    check: "credentials",
    state: isOpen ? "open" : "wrong",
    found: describeError(error),
    ...(advice && { advice }),
  };
}

function adviseOnRefusal(error: unknown, { region, baseUrl }: Place): string | undefined {
  if (error instanceof BlockedError)
    return "Stop all calls from this IP. If another server may have answered, check the base URL and the proxy.";
  if (error instanceof DingTalkError && !(error instanceof ApiError))
    return "If another server may have answered, check the base URL and the proxy.";
  if (error instanceof ApiError && error.category === "credentials" && baseUrl === undefined)
    return `The keys may belong to the other region: this is ${region}, see --region.`;
}
