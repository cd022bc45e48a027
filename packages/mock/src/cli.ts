#!/usr/bin/env node
/** `dingrole-mock`: the mock as a command. */
import { parseArgs, styleText } from "node:util";
import { operations } from "./generated/api.ts";
import type { RecordedRequest } from "./record.ts";
import type { Scenario } from "./scenarios.ts";

const usage = `Usage: dingrole-mock [options]

A mock of DingTalk's role API. Give its URL to your app as the base URL.

  --port N         the port to listen on; 0 means any free port (default: 4010)
  --host ADDRESS   the address to listen on (default: 127.0.0.1, for this machine only)
  --scenario NAME  the answer to every call: an example of the description, or a fault; an unknown name lists all names
  --gateway        answer as DingTalk does: HTTP 200 and an errcode; accept all requests that DingTalk accepts (the default)
  --strict         answer a request that breaks the description with a problem report: 400, 401, 404, 405, 406, 415, 422
  --token TOKEN    accept this token; getToken issues it, too
  --any-token      accept any token, as --strict does
  --memory         remember what calls create, rename, delete and give, and answer from that (the default with --gateway)
  --no-memory      answer with the examples of the description (the default with --strict)
  --limits         enforce DingTalk's limits: 20 calls per second, and the IP block
  --json           log one JSON object per line
  --help, -h       show this help

A call can choose its scenario: with the header \`Prefer: example=NAME\`, or with the base URL http://…/@NAME.`;

const options = {
  port: { type: "string", default: "4010" },
  host: { type: "string", default: "127.0.0.1" },
  scenario: { type: "string" },
  gateway: { type: "boolean", default: false },
  strict: { type: "boolean", default: false },
  token: { type: "string" },
  "any-token": { type: "boolean", default: false },
  memory: { type: "boolean" },
  limits: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

class UsageError extends Error {}

function readFlags() {
  try {
    const { values } = parseArgs({ options, allowNegative: true });
    if (values.strict && values.gateway)
      throw new UsageError("--strict and --gateway must not both be given: use one of them");
    if (!/^\d{1,5}$/.test(values.port))
      throw new UsageError(`--port must be a number from 0 to 65535, not ${values.port}`);
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0]);
  }
}

async function main() {
  const { port, host, scenario, strict, token, memory = !strict, limits, json, help, ...more } = readFlags();
  if (help) return say(usage);
  const { startMock } = await import("./start-mock.ts");
  const mock = await startMock({
    port: Number(port),
    host,
    mode: strict ? "strict" : "gateway",
    memory,
    limits,
    keep: 0,
    ...(scenario !== undefined && { scenario: scenario as Scenario }),
    ...(token !== undefined && { token }),
    ...(more["any-token"] && { tokens: false }),
    onRequest: (request) => say(json ? toJson({ event: "request", ...request }) : toLine(request)),
  });
  const mode = strict ? "strict" : "gateway";
  const extent = memory ? "with a memory" : "without a memory";
  const isLocal = /^(127\.|localhost$|::1$)/.test(host);
  if (json) say(JSON.stringify({ event: "listening", url: mock.url, mode, memory }));
  else {
    say(`dingrole-mock is listening on ${styleText("bold", mock.url)}, in ${mode} mode, ${extent}. Ctrl-C ends it.`);
    if (!isLocal) say(styleText("yellow", `It listens on ${host}: other machines can call it.`));
  }
  const stop = () => mock.close().then(() => process.exit(0));
  process.once("SIGINT", stop).once("SIGTERM", stop);
}

function colorOf({ operation, violations, answer, example }: RecordedRequest) {
  if (violations.length > 0 || answer !== 200) return "red";
  return operation && operations[operation]?.success === example ? "green" : "yellow";
}

/** The number of characters of a value that the log shows. */
const MAX_SHOWN = 200;

/**
 * `16:20:01 POST /role/add_role_group name=制造部 → 200 rateLimited, 2 ms`, and a line for each violation, and for each
 * alternative that was accepted although the description lacks it.
 */
function toLine(request: RecordedRequest): string {
  const { method, path, query, form, json, time, answer, scenario, example, accepted, violations } = request;
  const fields = Object.entries({ ...query, ...form, ...json }).map(([name, value]) => cut(`${name}=${value}`));
  const arrived = printable([time.toTimeString().slice(0, 8), method, cut(path), ...fields].join(" "));
  const answered = styleText(
    colorOf(request),
    [answers[answer] ?? answer, scenario, example === scenario ? undefined : example].filter(Boolean).join(" "),
  );
  const notes = [...accepted.map((each) => `accepted: ${each}`), ...violations];
  const lines = [`${arrived} → ${answered}, ${Date.now() - time.getTime()} ms`, ...notes.map(printable)];
  return lines.join("\n         ");
}

const answers: Record<string, string> = { open: "nothing", reset: "connection reset", close: "connection closed" };

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)` : text;
}

/** Escapes characters that could move the terminal's cursor: a request can contain any. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);
}

function toJson(value: object): string {
  const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu; // JSON.stringify does not escape all of them.
  return JSON.stringify(value).replace(control, (each) =>
    Array.from(
      { length: each.length },
      (_, index) => `\\u${each.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

function say(text: string) {
  process.stdout.write(`${text}\n`);
}

process.stdout.on("error", () => process.exit(0)); // The reader of the log, such as `head`, has ended.
main().catch((error) => {
  // A list of scenarios is easier to read with each kind on its own line.
  const message = error.message.replace(/^startMock: /, "").replaceAll("; ", ";\n  ");
  process.stderr.write(
    `dingrole-mock: ${message}\n${error instanceof UsageError ? "See dingrole-mock --help.\n" : ""}`,
  );
  process.exitCode = 1;
});
