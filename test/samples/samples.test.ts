import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, type RecordedRequest, type Scenario, startMock } from "@dingrole/mock";
import { type Field, type Operation, readDescription } from "@dingrole/spec";
import { afterAll, describe, expect, test } from "vitest";
import { toCall, valuesOf, variables, variablesOf } from "../../docs/samples/call.ts";
import { generated, kinds, nameOf } from "../../docs/samples/generate.ts";
import { type Language, languages } from "../../docs/samples/languages.ts";
import { columnsOf, WIDTH } from "../../docs/samples/source.ts";
import { startCannedServer, startRawServer, type WireRequest } from "./canned-server.ts";
import { describeLack, type Ended, findToolchain, run, toProgram } from "./languages.ts";
import { longAnswer, longOperation, plainOperation, wildAnswer, wildOperation } from "./wild-operations.ts";

/** With characters that have another meaning in a query unless they are encoded. */
const token = "a+b/c d&e=";
const appKey = "ding+key&x";
const appSecret = "s e+c/r%41&t=";

interface Envelope {
  errcode: number;
  sub_code?: string;
  [field: string]: unknown;
}

const description = readDescription();
const { operations, errorCodes, servers } = description;
const issuer = description.token.issuedBy;

/** The requests and the output that the samples of an operation must have, from the description. */
function expectationsOf(operation: Operation) {
  const { query, form, needsToken, effect, inputExamples, examples, result } = operation;
  const [input] = Object.values(inputExamples);
  const credentials = operation === issuer ? { key: appKey, secret: fingerprint(appSecret) } : undefined;
  const sent = (fields: readonly Field[]) =>
    Object.fromEntries(
      fields
        .filter(({ name }) => input?.value[name] !== undefined)
        .map(({ name, isSecret }) => [
          name,
          credentials ? credentials[isSecret ? "secret" : "key"] : String(input?.value[name]),
        ]),
    );
  const answers = Object.entries(examples).map(([name, { value }]) => ({ name, value: value as Envelope }));
  const [success] = answers.filter(({ value }) => value.errcode === 0);
  if (!success) throw new Error(`${operation.id} must have an example of a success`);
  // The client resends some calls. Here, each failure must be one request.
  const isFinal = ({ value: { errcode, sub_code } }: (typeof answers)[number]) => {
    const known = errorCodes.find(({ code }) => String(code) === (sub_code ?? String(errcode)));
    return known !== undefined && known.code !== 0 && !known.retry && (effect === "neither" || !known.outcome);
  };
  const failures = answers.filter(isFinal);
  const isWrapped = ({ value }: (typeof answers)[number]) => value.sub_code !== undefined;
  return {
    query: { ...(needsToken && { [description.token.parameter]: fingerprint(token) }), ...sent(query) },
    form: form && sent(form),
    success: success.name,
    answer: success.value,
    failures: [failures.find(isWrapped), failures.find((each) => !isWrapped(each))].flatMap((each) => each ?? []),
    /** The fields that a success must contain. */
    required: result.filter(({ isRequired }) => isRequired),
  };
}

/** The output after a success: stdout has the value for scripts, and stderr the text for people. */
function said({ result }: Operation, answer: Record<string, unknown>): Ended {
  const [first, ...others] = result.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
  const text = ({ name }: Field) => (typeof answer[name] === "object" ? toPlainJson(answer[name]) : answer[name]);
  const isThere = ({ name }: Field) => answer[name] !== undefined;
  return {
    exitCode: 0,
    stdout: first ? `${text(first)}\n` : "done\n",
    stderr: others
      .filter(isThere)
      .map((each) => `${each.name}: ${text(each)}\n`)
      .join(""),
  };
}

/** Parses the output, because each language writes JSON with other spaces, escapes and orders of fields. */
const toPlainJson = (value: unknown) =>
  JSON.stringify(value, (_, each) =>
    each?.constructor === Object ? Object.fromEntries(Object.entries(each).toSorted()) : each,
  );

function withPlainJson({ exitCode, stdout, stderr }: Ended): Ended {
  const plain = (text: string) =>
    text.replace(/^(\w+: )?([[{].*)$/gm, (_, name = "", json) => name + toPlainJson(JSON.parse(json)));
  return { exitCode, stdout: plain(stdout), stderr: plain(stderr) };
}

const fileOf = (kind: string, operation: Operation, language: Language) => `${kind}/${nameOf(operation, language)}`;
const files = operations.flatMap((operation) =>
  languages.flatMap((language) => kinds.map((kind) => ({ kind, operation, file: fileOf(kind, operation, language) }))),
);
const read = (file: string) => readFileSync(join(generated, file), "utf8");

const texts = [
  ...files.map(({ kind, operation, file }) => ({ kind, operation, name: file, text: read(file) })),
  ...languages.flatMap((language) =>
    kinds.map((kind) => ({
      kind,
      operation: longOperation,
      name: `of long names, ${fileOf(kind, longOperation, language)}`,
      text: language.template[kind](toCall(longOperation, description)),
    })),
  ),
];

test.each(texts)("$name fits the box of the site", ({ text }) => {
  expect(text.split("\n").filter((line) => columnsOf(line) > WIDTH)).toEqual([]);
});

test.each(texts.filter(({ kind }) => kind === "short"))("$name has 4 to 12 lines", ({ text, operation }) => {
  const lines = text.trimEnd().split("\n").length;
  expect(lines).toBeGreaterThanOrEqual(4);
  // Each field after the third may take one more line.
  expect(lines).toBeLessThanOrEqual(12 + Math.max(0, valuesOf(toCall(operation, description)).length - 3));
});

test.each(files.filter(({ kind, operation }) => kind === "full" && operation === issuer))(
  "$file shows how its token comes to a call",
  ({ file, operation }) => {
    expect(read(file)).toMatch(new RegExp(`export ${variables.token}="\\$\\(.*${operation.id}\\.\\w+\\)"`));
  },
);

/** A sample that cannot run on this machine is skipped. It must still contain the path of its call. */
test.for(
  languages
    .filter((language) => !findToolchain(language))
    .map(
      (language) =>
        [`${language.name}: not run, there is ${describeLack(language)} on this machine`, language] as const,
    ),
)("%s", ([lack, language], { skip }) => {
  expect(process.env.SAMPLES_REQUIRED, `${lack}, and SAMPLES_REQUIRED=1 asks for all`).not.toBe("1");
  for (const operation of operations)
    for (const kind of kinds) {
      const { query, form } = expectationsOf(operation);
      const names = [operation.path, ...Object.keys({ ...query, ...form })];
      expect(names.filter((name) => !read(fileOf(kind, operation, language)).includes(name))).toEqual([]);
    }
  skip();
});

/** Programs that import the client must be in a workspace that depends on it. */
mkdirSync(join(import.meta.dirname, ".vitest"), { recursive: true });
const programs = mkdtempSync(join(import.meta.dirname, ".vitest/programs-"));
afterAll(() => rmSync(programs, { recursive: true }));

/** Writes a program with a unique name, because its class has the same name. */
function writeProgram(name: string, { extension }: Language, source: string): string {
  const file = join(programs, `${name}.${extension}`);
  writeFileSync(file, source);
  return file;
}

const runners = languages.flatMap((language) => {
  const toolchain = findToolchain(language);
  if (!toolchain) return [];
  const { name, template } = language;
  const host = servers[0]?.url ?? "";
  const shortFile = (operation: Operation) => {
    const className = `Short_${operation.id}`;
    const source = read(fileOf("short", operation, language));
    return writeProgram(className, language, toProgram[name]?.(source, host, className) ?? "");
  };
  const made = operations.map((operation) => ({
    operation,
    full: join(generated, fileOf("full", operation, language)),
    short: shortFile(operation),
  }));
  // The client lacks these operations.
  const wild = [wildOperation, longOperation, plainOperation]
    .filter(() => name !== "TypeScript")
    .map((operation) => ({
      operation,
      full: writeProgram(operation.id, language, template.full(toCall(operation, description))),
      short: "",
    }));
  const all = [...made, ...wild].flatMap(({ full, short }) => [full, short]).filter((file) => file !== "");
  let commands: ReturnType<typeof toolchain.prepare> | undefined;

  /** Runs a program. Its output must never contain a secret, except a token that the program must print. */
  const runAgainst = async (file: string, baseUrl: string, environment: NodeJS.ProcessEnv = {}): Promise<Ended> => {
    commands ??= toolchain.prepare(all);
    const ended = await run((await commands)(file), {
      ...process.env,
      // A sample must send the same on every machine. Here even the encoding of Java and Mono is ASCII.
      LC_ALL: "C",
      // This variable would make each JVM print a line.
      JAVA_TOOL_OPTIONS: undefined,
      NO_PROXY: "127.0.0.1",
      no_proxy: "127.0.0.1",
      [variables.baseUrl]: baseUrl,
      [variables.token]: token,
      [variables.appKey]: appKey,
      [variables.appSecret]: appSecret,
      ...environment,
    });
    const shown = (ended.stdout + ended.stderr).toLowerCase();
    const secrets = [token, appSecret].flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      String(new URLSearchParams([["", secret]])).slice(1),
    ]);
    expect(secrets.filter((secret) => shown.includes(secret.toLowerCase()))).toEqual([]);
    return ended;
  };
  return { language, made, wild, runAgainst };
});

const programsOf = runners.flatMap(({ language, made, runAgainst }) =>
  made.map(({ operation, full, short }) => ({
    name: language.name,
    id: operation.id,
    operation,
    runFull: (...args: [baseUrl: string, environment?: NodeJS.ProcessEnv]) => runAgainst(full, ...args),
    runShort: (baseUrl: string) => runAgainst(short, baseUrl),
  })),
);

/** Matches a failure in one line. */
const failsWith = (words: RegExp) => ({
  exitCode: expect.toSatisfy((code) => code > 0),
  stdout: "",
  stderr: expect.toSatisfy((text) => /^.*\S.*\n$/.test(text) && words.test(text), `one line with ${words}`),
});
const failed = failsWith(/./);
const blocked = failsWith(/no errcode|the IP is blocked/);

const formType = "application/x-www-form-urlencoded";

function expectCall(requests: readonly RecordedRequest[], operation: Operation) {
  const { query, form, success } = expectationsOf(operation);
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({
    operation: operation.id,
    method: operation.method,
    path: operation.path,
    token: operation.needsToken ? fingerprint(token) : undefined,
    violations: [],
    example: success,
  });
  expect({ ...requests[0]?.query }).toEqual(query);
  expect(requests[0]?.form && { ...requests[0].form }).toEqual(form);
}

describe.concurrent.each(programsOf)("the short $id in $name", ({ name, operation, runShort }) => {
  const { answer, failures, required } = expectationsOf(operation);

  test("sends the described request, and shows the result", async () => {
    await using mock = await startMock();
    const { exitCode, stdout, stderr } = await runShort(mock.url);
    expect([exitCode, stderr]).toEqual([0, ""]);
    // The client's result has no errcode.
    const whole = name === "TypeScript" ? "{" : String(answer.errcode);
    expect(stdout).toContain(required[0] ? String(answer[required[0].name]) : whole);
    expectCall(mock.requests, operation);
  });

  test.each(failures.slice(0, 1))("prints the code of a failure ($name)", async ({ name, value }) => {
    await using mock = await startMock();
    mock.always(name as Scenario);
    const { stdout, stderr } = await runShort(mock.url);
    expect(stdout + stderr).toMatch(new RegExp(`(?<![\\w-])${value.sub_code ?? value.errcode}\\b`));
  });

  test("shows no credential if nobody answers", async () => {
    const { stdout, stderr } = await runShort("http://127.0.0.1:9");
    expect(stdout + stderr).toMatch(/refused|connect|no JSON|NetworkError/i);
  });
});

/** One operation of each shape is tested: other operations of the same shape differ only in their data. */
const shapeOf = ({ method, form, needsToken, result }: Operation) =>
  [method, form !== undefined, needsToken, result.length > 0].join();
const isFirstOfItsShape = (operation: Operation) =>
  operations.find((each) => shapeOf(each) === shapeOf(operation)) === operation;

describe.concurrent.each(programsOf)("the full $id in $name", ({ name, operation, runFull }) => {
  const { failures, answer, required } = expectationsOf(operation);

  test("sends the described request, and prints the result", async () => {
    await using mock = await startMock();
    expect(withPlainJson(await runFull(mock.url))).toEqual(said(operation, answer));
    expectCall(mock.requests, operation);
    // .NET always writes a space before a parameter.
    const contentType = `${formType}; charset=utf-8`.replace(" ", name === "C#" ? " " : "");
    expect(mock.requests[0]?.headers["content-type"]).toBe(operation.form ? contentType : undefined);
  });

  test.each(failures)(
    "$name is a failure, although its status is HTTP 200",
    async ({ name, value: { errcode, sub_code } }) => {
      await using mock = await startMock();
      mock.always(name as Scenario);
      expect(await runFull(mock.url)).toEqual({ ...failsWith(code(sub_code ?? errcode)), exitCode: 1 });
      expect(mock.requests.map(({ example }) => example)).toEqual([name]);
    },
  );

  if (!isFirstOfItsShape(operation)) return;

  test("an IP block, which has no errcode, is a failure", async () => {
    await using mock = await startMock({ scenario: "ipBlocked" });
    expect(await runFull(mock.url)).toEqual(blocked);
  });

  const { errcode: _, ...result } = answer;
  const failure = { errcode: 88, errmsg: "y" };
  const wrapped = { errcode: 88, errmsg: 'a {b}, "c"', sub_code: "60011", sub_msg: "c {d}" };
  test.each([
    ["a code that is a string", { errcode: "40014", errmsg: "y" }, failsWith(code("40014"))],
    ["a code behind words with braces", wrapped, failsWith(code("60011"))],
    ["a success in a failure", { ...failure, data: answer }, failsWith(code("88"))],
    ["a success before a failure", { data: answer, ...failure }, failed],
    ["a success in a list", [answer], blocked],
    ["an errcode that is null", { errcode: null, ...result }, blocked],
    ["an errcode with a fraction", { errcode: 0.9, ...result }, failed],
    ...required.slice(0, 1).flatMap((field): [string, object, object][] => [
      [`${field.name} being null`, { ...answer, [field.name]: null }, failed],
      [`${field.name} being of another type`, { ...answer, [field.name]: wrongValue(field) }, failed],
    ]),
    ["a page", `<html><script>x = ${JSON.stringify(answer)}</script></html>`, blocked],
    ["a word", "busy", blocked],
    ["nothing", "", blocked],
  ])("%s is a failure", async (_, body, outcome) => {
    await using server = await startCannedServer(200, typeof body === "string" ? body : JSON.stringify(body));
    expect(await runFull(server.url)).toEqual(outcome);
  });

  test("errcode 0 as a string is a success", async () => {
    await using server = await startCannedServer(200, JSON.stringify({ ...answer, errcode: "0" }));
    expect(withPlainJson(await runFull(server.url))).toEqual(said(operation, answer));
  });

  const cutOff = `HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${JSON.stringify(answer)}`;
  const withoutBody = "Content-Length: 0\r\n\r\n";
  test.each<[string, (request: WireRequest) => string]>([
    ["a body that is cut off", () => cutOff],
    ["a status line with the request in it", ({ url }) => `HTTP/1.1 ${url} ${url}\r\n\r\n`],
    ["a reason with the request in it", ({ url }) => `HTTP/1.1 500 ${url}\r\n${withoutBody}`],
    ["a redirect to an invalid URL", ({ url }) => `HTTP/1.1 302 Found\r\nLocation: http://[${url}\r\n${withoutBody}`],
    ["a redirect to an unknown scheme", ({ url }) => `HTTP/1.1 302 Found\r\nLocation: moon:/${url}\r\n${withoutBody}`],
  ])("%s is a failure", async (_, toAnswer) => {
    await using server = await startRawServer(toAnswer);
    expect(await runFull(server.url)).toEqual(failed);
  });

  test.each(variablesOf(toCall(operation, description)))("%s is named if it is not set", async (name) => {
    await using mock = await startMock();
    for (const value of [undefined, ""])
      expect(await runFull(mock.url, { [name]: value })).toEqual(failsWith(new RegExp(`${name}:? is not set`)));
    expect(mock.requests).toEqual([]);
  });

  test("an HTTP status other than 200 is a failure, with any body", async () => {
    await using server = await startCannedServer(500, JSON.stringify(answer));
    expect(await runFull(server.url)).toEqual(failsWith(/\b500\b/));
  });

  test.each([302, 307])("a redirect (%s) is not followed", async (status) => {
    await using elsewhere = await startCannedServer(200, JSON.stringify(answer));
    await using server = await startCannedServer(status, "", { location: `${elsewhere.url}/elsewhere` });
    expect(await runFull(server.url)).toEqual(failed);
    expect(server.requests).toHaveLength(1);
    expect(elsewhere.requests).toEqual([]);
  });

  if (required.length > 0)
    test("a success without its result is a failure", async () => {
      await using server = await startCannedServer(200, JSON.stringify({ errcode: 0, errmsg: "ok" }));
      expect(await runFull(server.url)).toEqual(failed);
    });

  test("every value is percent-encoded", async () => {
    await using server = await startCannedServer(200, JSON.stringify(answer));
    expect(await runFull(server.url)).toMatchObject({ exitCode: 0 });
    for (const { url, body } of server.requests)
      expect(`${url}?${body}`).toMatch(/^[\w/]+\?[\w.~*%+=&-]+\?[\w.~*%+=&-]*$/);
  });

  test.each(["http://127.0.0.1:9", "127.0.0.1:9", "127.0.0.1"])("no answer at %s is a failure", async (baseUrl) => {
    expect(await runFull(baseUrl)).toMatchObject({ exitCode: failed.exitCode, stdout: "" });
  });

  const id = required.find(({ format }) => format === "int64")?.name;
  if (id !== undefined)
    test("keeps every digit of an id, or fails", async () => {
      // Larger integers are rounded in JavaScript, and in jq before 1.7.
      const largest = "9007199254740991";
      for (const digits of [largest, "9223372036854775807"]) {
        const body = JSON.stringify(answer).replace(String(answer[id]), digits);
        await using server = await startCannedServer(200, body);
        const success = said(operation, { ...answer, [id]: digits });
        const ended = await runFull(server.url);
        if (digits === largest || !/^(TypeScript|curl)$/.test(name) || ended.exitCode === 0)
          expect(ended).toEqual(success);
        else expect(ended).toEqual(failed);
      }
    });

  if (operation.effect === "neither")
    test("ends a call after its timeout, and does not resend it", async () => {
      await using mock = await startMock({ scenario: "stall" });
      expect(await runFull(mock.url)).toEqual(failed);
      expect(mock.requests).toHaveLength(1);
    });

  if (operation.effect === "neither")
    test("ends a call if the rest of a body does not arrive in time", async () => {
      const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n";
      await using server = await startRawServer(() => head + JSON.stringify(answer), true);
      expect(await runFull(server.url)).toEqual(failed);
    });
});

/** Matches the code in a failure. The client's messages begin with the operation. */
function code(code: string | number): RegExp {
  return new RegExp(`^(\\w+ failed: )?${code} \\S`);
}

const wrongValue = ({ type }: Field) => (type === "object" ? "a" : { a: 5 });

describe.concurrent.each(
  runners.flatMap(({ language, wild, runAgainst }) =>
    wild.map(({ operation, full }) => ({ name: language.name, operation, full, runAgainst })),
  ),
)("an operation with fields of every kind, and one without any, in $name", ({ operation, full, runAgainst }) => {
  test(`${operation.id} sends each value unchanged, and prints each field`, async () => {
    const answers = new Map<Operation, Record<string, unknown>>([
      [wildOperation, wildAnswer],
      [longOperation, longAnswer],
    ]);
    const answer = answers.get(operation) ?? { errcode: 0 };
    await using server = await startCannedServer(200, JSON.stringify(answer));
    expect(withPlainJson(await runAgainst(full, server.url))).toEqual(said(operation, answer));
    const [{ method, url, body }] = server.requests as [WireRequest];
    const { pathname, searchParams } = new URL(url, server.url);
    expect([method, pathname]).toEqual([operation.method, operation.path]);
    const [input] = Object.values(operation.inputExamples);
    expect({ ...Object.fromEntries(searchParams), ...Object.fromEntries(new URLSearchParams(body)) }).toEqual({
      ...(operation.needsToken && { [description.token.parameter]: token }),
      ...Object.fromEntries(Object.entries(input?.value ?? {}).map(([name, value]) => [name, String(value)])),
    });
  });
});
