import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, type RecordedRequest, type Scenario, startMock } from "@dingrole/mock";
import { type Field, type Operation, readDescription } from "@dingrole/spec";
import { afterAll, describe, expect, test } from "vitest";
import { isNeeded, toCall, valuesOf, variables, variablesOf } from "../../docs/samples/call.ts";
import { generated, kinds, nameOf } from "../../docs/samples/generate.ts";
import { type Language, languages } from "../../docs/samples/languages.ts";
import { columnsOf, WIDTH } from "../../docs/samples/source.ts";
import { startCannedServer, startRawServer, startServer, type WireRequest } from "./canned-server.ts";
import { describeLack, type Ended, findToolchain, run, runAll, toProgram } from "./languages.ts";
import { longOperation, wildAnswers } from "./wild-operations.ts";

/** With characters that have another meaning in a query unless they are encoded. */
const token = "a+b/c d&e=";
const appKey = "ding+key&x";
const appSecret = "s e+c/r%41&t=";

interface Envelope {
  errcode: number | string;
  sub_code?: string;
  [field: string]: unknown;
}

const description = readDescription();
const { operations, errorCodes, servers } = description;
const issuer = description.token.issuedBy;

/** The requests and the output that the samples of an operation must have, from the description. */
function expectationsOf(operation: Operation) {
  const { query, form, needsToken, effect, inputExamples, examples } = operation;
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
  const [success] = answers.filter(({ value }) => String(value.errcode) === "0");
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

/** The first fields of an object, or of each row of a list. A value without fields is a line. */
function linesOf(operation: Operation, answer: Record<string, unknown>): string[] | undefined {
  const { output } = toCall(operation, description);
  if (!output) return undefined;
  const { path, isList, columns } = output;
  const value = path.reduce<unknown>((outer, { name }) => (outer as Record<string, unknown> | null)?.[name], answer);
  const rows = isList ? ((value ?? []) as unknown[]) : [value];
  return rows.map((row) =>
    columns.length > 0
      ? columns.map(({ name }) => (row as Record<string, unknown>)[name]).join(" ")
      : String(typeof row === "object" ? toPlainJson(row) : row),
  );
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
  const call = toCall(operation, description);
  // Each field after the second, and a loop over rows, may take one more line.
  expect(lines).toBeLessThanOrEqual(12 + Math.max(0, valuesOf(call).length - 2) + Number(call.output?.isList ?? 0));
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
  const shortFile = ({ id }: Operation, source: string) => {
    const className = `Short_${id}`;
    return writeProgram(className, language, toProgram[name]?.(source, host, className) ?? "");
  };
  const made = operations.map((operation) => ({
    operation,
    full: join(generated, fileOf("full", operation, language)),
    short: shortFile(operation, read(fileOf("short", operation, language))),
  }));
  // The client lacks these operations.
  const wild = [...wildAnswers.keys()]
    .filter(() => name !== "TypeScript")
    .map((operation) => ({
      operation,
      full: writeProgram(operation.id, language, template.full(toCall(operation, description))),
      short: shortFile(operation, template.short(toCall(operation, description))),
    }));
  const all = [...made, ...wild].flatMap(({ full, short }) => [full, short]);
  let prepared: ReturnType<typeof toolchain.prepare> | undefined;
  const prepare = () => {
    prepared ??= toolchain.prepare(all);
    return prepared;
  };

  const runOne = async (file: string, baseUrl: string, environment: NodeJS.ProcessEnv = {}): Promise<Ended> => {
    const ended = await run((await prepare()).one(file), { ...environmentOf(baseUrl), ...environment });
    expectNoSecret(ended);
    return ended;
  };

  /** Runs programs that succeed. Returns what each printed, and what the server received. */
  const runBatch = async <Request>(
    files: readonly string[],
    environment: NodeJS.ProcessEnv,
    start: () => Promise<{ url: string; requests: readonly Request[] } & AsyncDisposable>,
  ) => {
    const programs = await prepare();
    await using server = await start();
    const ended = await runAll(programs, files, { ...environmentOf(server.url), ...environment });
    ended.forEach(expectNoSecret);
    return { ended, requests: [...server.requests] };
  };
  return { language, made, wild, runOne, runBatch };
});

const environmentOf = (baseUrl: string): NodeJS.ProcessEnv => ({
  ...process.env,
  // A full program must send and print the same on every machine. Here even the encoding of Java and Mono is ASCII.
  LC_ALL: "C",
  // This variable would make each JVM print a line.
  JAVA_TOOL_OPTIONS: undefined,
  NO_PROXY: "127.0.0.1",
  no_proxy: "127.0.0.1",
  [variables.baseUrl]: baseUrl,
  [variables.token]: token,
  [variables.appKey]: appKey,
  [variables.appSecret]: appSecret,
});
/** A short sample prints in the encoding of the machine. */
const utf8 = { LC_ALL: "C.UTF-8" };

/** The output must never contain a secret, except a token that the program must print. */
function expectNoSecret({ stdout, stderr }: Ended) {
  const shown = (stdout + stderr).toLowerCase();
  const secrets = [token, appSecret].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    String(new URLSearchParams([["", secret]])).slice(1),
  ]);
  expect(secrets.filter((secret) => shown.includes(secret.toLowerCase()))).toEqual([]);
}

/** Calls a function once, when its result is first needed. */
function once<Result>(make: () => Result): () => Result {
  let result: { value: Result } | undefined;
  return () => {
    result ??= { value: make() };
    return result.value;
  };
}

const programsOf = runners.flatMap(({ language, made, runOne, runBatch }) => {
  const succeed = {
    full: once(() =>
      runBatch(
        made.map(({ full }) => full),
        {},
        startMock,
      ),
    ),
    short: once(() =>
      runBatch(
        made.map(({ short }) => short),
        utf8,
        startMock,
      ),
    ),
  };
  return made.map(({ operation, full, short }, index) => ({
    name: language.name,
    id: operation.id,
    operation,
    runFull: (...args: [baseUrl: string, environment?: NodeJS.ProcessEnv]) => runOne(full, ...args),
    runShort: (baseUrl: string) => runOne(short, baseUrl, utf8),
    succeed: async (kind: (typeof kinds)[number]) => {
      const { ended, requests } = await succeed[kind]();
      return { ended: ended[index] as Ended, requests: requests.filter((each) => each.operation === operation.id) };
    },
  }));
});

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

/**
 * Failures are tested with the first operation of each shape of a request, and some with the first of each type of a result:
 * the templates handle the failures of all other operations with the same lines.
 */
const isFirst = (operation: Operation, toShape: (operation: Operation) => unknown) =>
  operations.find((each) => toShape(each) === toShape(operation)) === operation;
const requestOf = ({ method, form, needsToken }: Operation) => [method, form !== undefined, needsToken].join();
const resultOf = ({ result }: Operation) => result.find(isNeeded)?.type;

/** The short samples in these languages read the answer. The others print it as it is. */
const reading = ["TypeScript", "curl", "Python", "PHP"];

function expectShown(name: string, { exitCode, stdout, stderr }: Ended, operation: Operation, answer: object) {
  expect([exitCode, stderr]).toEqual([0, ""]);
  const lines = linesOf(operation, answer as Record<string, unknown>);
  if (!reading.includes(name)) expect(JSON.parse(stdout)).toEqual(answer);
  // Each language shows an object without known fields in its own way.
  else if (lines?.[0]?.startsWith("{")) expect(stdout).toContain("hasMore");
  else if (lines) expect(stdout).toBe(lines.map((line) => `${line}\n`).join(""));
  else expect(stdout).toMatch(name === "TypeScript" ? /^done\n$/ : /errcode/);
}

describe.concurrent.each(programsOf)("the short $id in $name", ({ name, operation, runShort, succeed }) => {
  const { answer, failures } = expectationsOf(operation);

  test("sends the described request, and shows the result", async () => {
    const { ended, requests } = await succeed("short");
    expectShown(name, ended, operation, answer);
    expectCall(requests, operation);
  });

  if (!isFirst(operation, requestOf)) return;

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

describe.concurrent.each(programsOf)("the full $id in $name", ({ name, operation, succeed }) => {
  const { answer } = expectationsOf(operation);

  test("sends the described request, and prints the result", async () => {
    const { ended, requests } = await succeed("full");
    expect(withPlainJson(ended)).toEqual(said(operation, answer));
    expectCall(requests, operation);
    // .NET always writes a space before a parameter.
    const contentType = `${formType}; charset=utf-8`.replace(" ", name === "C#" ? " " : "");
    expect(requests[0]?.headers["content-type"]).toBe(operation.form ? contentType : undefined);
  });
});

describe.concurrent.each(programsOf.filter(({ operation }) => isFirst(operation, requestOf)))(
  "the full $id in $name",
  ({ operation, runFull }) => {
    const { failures, answer } = expectationsOf(operation);

    test.each(failures)(
      "$name is a failure, although its status is HTTP 200",
      async ({ name, value: { errcode, sub_code } }) => {
        await using mock = await startMock();
        mock.always(name as Scenario);
        expect(await runFull(mock.url)).toEqual({ ...failsWith(code(sub_code ?? errcode)), exitCode: 1 });
        expect(mock.requests.map(({ example }) => example)).toEqual([name]);
      },
    );

    test("an IP block, which has no errcode, is a failure", async () => {
      await using mock = await startMock({ scenario: "ipBlocked" });
      expect(await runFull(mock.url)).toEqual(blocked);
    });

    const cutOff = `HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${JSON.stringify(answer)}`;
    const withoutBody = "Content-Length: 0\r\n\r\n";
    test.each<[string, (request: WireRequest) => string]>([
      ["a body that is cut off", () => cutOff],
      ["a status line with the request in it", ({ url }) => `HTTP/1.1 ${url} ${url}\r\n\r\n`],
      ["a reason with the request in it", ({ url }) => `HTTP/1.1 500 ${url}\r\n${withoutBody}`],
      ["a redirect to an invalid URL", ({ url }) => `HTTP/1.1 302 Found\r\nLocation: http://[${url}\r\n${withoutBody}`],
      [
        "a redirect to an unknown scheme",
        ({ url }) => `HTTP/1.1 302 Found\r\nLocation: moon:/${url}\r\n${withoutBody}`,
      ],
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

    test("every value is percent-encoded", async () => {
      await using server = await startCannedServer(200, JSON.stringify(answer));
      expect(await runFull(server.url)).toMatchObject({ exitCode: 0 });
      for (const { url, body } of server.requests)
        expect(`${url}?${body}`).toMatch(/^[\w/]+\?[\w.~*%+=&-]+\?[\w.~*%+=&-]*$/);
    });

    test.each(["http://127.0.0.1:9", "127.0.0.1:9", "127.0.0.1"])("no answer at %s is a failure", async (baseUrl) => {
      expect(await runFull(baseUrl)).toMatchObject({ exitCode: failed.exitCode, stdout: "" });
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
  },
);

describe.concurrent.each(programsOf.filter(({ operation }) => operation === operations[0]))(
  "the full $id in $name",
  ({ operation, runFull }) => {
    const { answer } = expectationsOf(operation);

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
  },
);

describe.concurrent.each(programsOf.filter(({ operation }) => resultOf(operation) && isFirst(operation, resultOf)))(
  "the full $id in $name",
  ({ name, operation, runFull }) => {
    const { answer } = expectationsOf(operation);
    const field = operation.result.find(isNeeded) as Field;

    test.each([
      ["missing", undefined],
      ["null", null],
      ["of another type", wrongValue(field)],
    ])(`a success is a failure if ${field.name} is %s`, async (_, value) => {
      await using server = await startCannedServer(200, JSON.stringify({ ...answer, [field.name]: value }));
      expect(await runFull(server.url)).toEqual(failed);
    });

    const id = field.name;
    if (field.format === "int64")
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
  },
);

/** Matches the code in a failure. The client's messages begin with the operation. */
function code(code: string | number): RegExp {
  return new RegExp(`^(\\w+ failed: )?${code} \\S`);
}

const wrongValue = ({ type }: Field) => (type === "object" ? "a" : { a: 5 });

describe.concurrent.each(
  runners.flatMap(({ language, wild, runBatch }) => {
    const answers = [...wildAnswers].map(([{ path }, answer]) => [path, JSON.stringify(answer)]);
    const start = () => startServer(Object.fromEntries(answers));
    const succeed = {
      full: once(() =>
        runBatch(
          wild.map(({ full }) => full),
          {},
          start,
        ),
      ),
      short: once(() =>
        runBatch(
          wild.map(({ short }) => short),
          utf8,
          start,
        ),
      ),
    };
    return wild.map(({ operation }, index) => ({ name: language.name, id: operation.id, operation, index, succeed }));
  }),
)("$id, which the description lacks, in $name", ({ name, operation, index, succeed }) => {
  test("sends each value unchanged, and prints each field", async () => {
    const answer = wildAnswers.get(operation) as Record<string, unknown>;
    const [full, short] = [await succeed.full(), await succeed.short()];
    expect(withPlainJson(full.ended[index] as Ended)).toEqual(said(operation, answer));
    expectShown(name, short.ended[index] as Ended, operation, answer);
    for (const { requests } of [full, short]) {
      const calls = requests.filter(({ url }) => url.split("?")[0] === operation.path);
      expect(calls.map(({ method }) => method)).toEqual([operation.method]);
      const [{ url, body }] = calls as [WireRequest];
      const { searchParams } = new URL(url, "http://127.0.0.1");
      const [input] = Object.values(operation.inputExamples);
      expect({ ...Object.fromEntries(searchParams), ...Object.fromEntries(new URLSearchParams(body)) }).toEqual({
        ...(operation.needsToken && { [description.token.parameter]: token }),
        ...Object.fromEntries(Object.entries(input?.value ?? {}).map(([name, value]) => [name, String(value)])),
      });
    }
  });
});
