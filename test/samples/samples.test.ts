import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, type Scenario, startMock } from "@dingrole/mock";
import openapi from "@dingrole/spec/openapi.dereferenced.json" with { type: "json" };
import { describe, expect, test } from "vitest";
import { startCannedServer, startRawServer, type WireRequest } from "./canned-server.ts";
import { describeLack, type Ended, findToolchain, type Language, languages, run } from "./languages.ts";

/** With characters that mean something else in a query, where they are not encoded. */
const token = "a+b/c d&e=";
const appKey = "ding+key&x";
const appSecret = "s e+c/r%41&t=";

/** What the samples of an operation send, and what they say of the answers. */
interface Expected {
  query: Record<string, string>;
  form?: Record<string, string>;
  token?: string;
  /** What a sample cannot do without. */
  variables: string[];
  success: string;
  /** What a success is said to be: what a script takes from it on stdout, what is for people only on stderr. */
  toSuccess: (answer: Envelope) => Pick<Ended, "stdout" | "stderr">;
  /** The field that makes an answer a success. */
  result: string;
  /** The field that holds a 64-bit integer. */
  id?: string;
  failures: Scenario[];
}

interface Envelope {
  errcode: number;
  sub_code?: string;
  [field: string]: unknown;
}

/** By `operationId`. An operation that is not here yet fails a test, not the compilation: that is for what is generated. */
const expectations: Readonly<Record<string, Expected>> = {
  addRoleGroup: {
    query: { access_token: fingerprint(token) },
    form: { name: "制造部" },
    token: fingerprint(token),
    variables: ["DINGTALK_ACCESS_TOKEN"],
    success: "created",
    toSuccess: ({ groupId }) => ({ stdout: `Created role group ${groupId}\n`, stderr: "" }),
    result: "groupId",
    id: "groupId",
    failures: ["noPermission", "busy"],
  },
  getToken: {
    query: { appkey: appKey, appsecret: fingerprint(appSecret) },
    variables: ["DINGTALK_APP_KEY", "DINGTALK_APP_SECRET"],
    success: "issued",
    toSuccess: ({ access_token, expires_in }) => ({
      stdout: `${access_token}\n`,
      stderr: `Valid for ${expires_in} seconds\n`,
    }),
    result: "access_token",
    failures: ["wrongCredentials"],
  },
};

interface SpecOperation {
  operationId: string;
  requestBody?: unknown;
  responses: { 200: { content: { "application/json": { examples: Record<string, { value: Envelope }> } } } };
}

const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
  Object.entries(item as unknown as Record<string, SpecOperation>).map(
    ([method, { operationId, requestBody, responses }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      hasForm: requestBody !== undefined,
      examples: responses[200].content["application/json"].examples,
    }),
  ),
);
type Operation = (typeof operations)[number];

const folder = join(import.meta.dirname, "../../docs/samples");
const fileOf = ({ id }: Operation, { extension }: Language) => `${id}.${extension}`;
const files = operations.flatMap((operation) => languages.map((language) => fileOf(operation, language)));

function exampleOf({ id, examples }: Operation, name: string): Envelope {
  const example = examples[name];
  if (!example) throw new Error(`${id} has no example ${name}`);
  return example.value;
}

const formType = "application/x-www-form-urlencoded;charset=utf-8";

test("every operation has a sample in each language", () => {
  const there = readdirSync(folder);
  expect(files.filter((file) => !there.includes(file))).toEqual([]);
});

test("of every operation it is known what its samples send and say", () => {
  expect(operations.filter(({ id }) => !(id in expectations)).map(({ id }) => id)).toEqual([]);
});

test("there is no sample that no operation has", () => {
  expect(readdirSync(folder).filter((file) => !files.includes(file))).toEqual([]);
});

test.each(files)("%s fits the box that the site shows it in", (file) => {
  const lines = readFileSync(join(folder, file), "utf8").replaceAll("\t", "    ").split("\n");
  expect(lines.filter((line) => line.replace(/[^\0-\x7f]/g, "--").length > 64)).toEqual([]);
});

test.each(files.filter((file) => file.startsWith("getToken")))("%s shows how its token comes to a call", (file) => {
  const source = readFileSync(join(folder, file), "utf8");
  expect(source).toMatch(/export DINGTALK_ACCESS_TOKEN="\$\(.*getToken\.\w+\)"/);
});

/** A sample that cannot be run is read: it must name the call. That counts as skipped. */
test.for(
  languages
    .filter((language) => !findToolchain(language))
    .map(
      (language) =>
        [`${language.name}: not run, there is ${describeLack(language)} on this machine`, language] as const,
    ),
)("%s", ([lack, language], { skip }) => {
  expect(process.env.SAMPLES_REQUIRED, `${lack}, and SAMPLES_REQUIRED=1 asks for all`).not.toBe("1");
  for (const operation of operations) {
    const source = readFileSync(join(folder, fileOf(operation, language)), "utf8");
    const { query = {}, form = {} } = expectations[operation.id] ?? {};
    const names =
      language.name === "TypeScript" ? [operation.id] : [operation.path, ...Object.keys({ ...query, ...form })];
    expect(names.filter((name) => !source.includes(name))).toEqual([]);
  }
  skip();
});

const runnable = languages.filter(findToolchain).flatMap((language) =>
  operations.flatMap((operation) => {
    const expected = expectations[operation.id];
    return expected ? [{ file: fileOf(operation, language), name: language.name, language, operation, expected }] : [];
  }),
);

describe.concurrent.each(runnable)("$name: $file", ({ language, operation, expected }) => {
  const answer = exampleOf(operation, expected.success);

  /** Runs the sample: whatever comes of it, it shows no secret, but for a token that it was asked for. */
  async function runAgainst(baseUrl: string, variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const command = await findToolchain(language)?.toCommand(join(folder, fileOf(operation, language)));
    const ended = await run(command as [string], {
      ...process.env,
      // What a sample sends must not depend on the machine: here even Java's and Mono's own encodings are ASCII.
      LC_ALL: "C",
      // It makes each JVM print a line.
      JAVA_TOOL_OPTIONS: undefined,
      NO_PROXY: "127.0.0.1",
      no_proxy: "127.0.0.1",
      DINGTALK_BASE_URL: baseUrl,
      DINGTALK_ACCESS_TOKEN: token,
      DINGTALK_APP_KEY: appKey,
      DINGTALK_APP_SECRET: appSecret,
      ...variables,
    });
    const secrets = [token, appSecret, String(answer.access_token ?? token)].flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      String(new URLSearchParams([["", secret]])).slice(1),
    ]);
    const isToken = ended.exitCode === 0 && ended.stdout === `${answer.access_token}\n`;
    const shown = ((isToken ? "" : ended.stdout) + ended.stderr).toLowerCase();
    expect(secrets.filter((secret) => shown.includes(secret.toLowerCase()))).toEqual([]);
    return ended;
  }

  /** A failure, in one line. */
  const failsWith = (words: RegExp) => ({
    exitCode: expect.toSatisfy((code) => code > 0),
    stdout: "",
    stderr: expect.toSatisfy((text) => /^.*\S.*\n$/.test(text) && words.test(text), `one line with ${words}`),
  });
  const failed = failsWith(/./);
  const blocked = failsWith(/no errcode|the IP is blocked/);

  test("sends what the contract says, and prints what came of it", async () => {
    await using mock = await startMock();
    expect(await runAgainst(mock.url)).toEqual({ exitCode: 0, ...expected.toSuccess(answer) });
    expect(mock.requests).toHaveLength(1);
    expect(mock.requests[0]).toMatchObject({
      operation: operation.id,
      method: operation.method,
      path: operation.path,
      token: expected.token,
      violations: [],
      example: expected.success,
    });
    const { query, form, headers } = mock.requests[0] as (typeof mock.requests)[number];
    expect({ ...query }).toEqual(expected.query);
    expect(form && { ...form }).toEqual(expected.form);
    // .NET writes a space before a parameter, and there is no telling it not to.
    const contentType = language.name === "C#" ? formType.replace(";", "; ") : formType;
    expect(headers["content-type"]).toBe(operation.hasForm ? contentType : undefined);
  });

  test.each(expected.failures)("%s is a failure, though it is HTTP 200", async (scenario) => {
    const { errcode, sub_code } = exampleOf(operation, scenario);
    await using mock = await startMock();
    mock.always(scenario);
    expect(await runAgainst(mock.url)).toEqual({ ...failsWith(code(sub_code ?? errcode)), exitCode: 1 });
    expect(mock.requests.map(({ example }) => example)).toEqual([scenario]);
  });

  test("an IP block, which has no errcode, is a failure", async () => {
    await using mock = await startMock({ scenario: "ipBlocked" });
    expect(await runAgainst(mock.url)).toEqual(blocked);
  });

  const { errcode: _, ...result } = answer;
  const said = { errcode: 88, errmsg: "y" };
  const wrapped = { errcode: 88, errmsg: 'a {b}, "c"', sub_code: "60011", sub_msg: "c {d}" };
  test.each([
    ["a code that is a string", { errcode: "40014", errmsg: "y" }, failsWith(code("40014"))],
    ["a code behind words with braces", wrapped, failsWith(code("60011"))],
    ["a success in a failure", { ...said, data: answer }, failsWith(code("88"))],
    ["a success before a failure", { data: answer, ...said }, failed],
    ["a success in a list", [answer], blocked],
    ["an errcode that is null", { errcode: null, ...result }, blocked],
    ["an errcode that is not whole", { errcode: 0.9, ...result }, failed],
    ["a result that is null", { ...answer, [expected.result]: null }, failed],
    ["a result that is an object", { ...answer, [expected.result]: { a: 5 } }, failed],
    ["a page", `<html><script>x = ${JSON.stringify(answer)}</script></html>`, blocked],
    ["a word", "busy", blocked],
    ["nothing", "", blocked],
  ])("%s is a failure", async (_, body, outcome) => {
    await using server = await startCannedServer(200, typeof body === "string" ? body : JSON.stringify(body));
    expect(await runAgainst(server.url)).toEqual(outcome);
  });

  test("errcode 0 as a string is a success", async () => {
    await using server = await startCannedServer(200, JSON.stringify({ ...answer, errcode: "0" }));
    expect(await runAgainst(server.url)).toEqual({ exitCode: 0, ...expected.toSuccess(answer) });
  });

  const cutOff = `HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${JSON.stringify(answer)}`;
  const withoutBody = "Content-Length: 0\r\n\r\n";
  test.each<[string, (request: WireRequest) => string]>([
    ["a body that is cut off", () => cutOff],
    ["a status line with the request in it", ({ url }) => `HTTP/1.1 ${url} ${url}\r\n\r\n`],
    ["a reason with the request in it", ({ url }) => `HTTP/1.1 500 ${url}\r\n${withoutBody}`],
    ["a redirect to nowhere", ({ url }) => `HTTP/1.1 302 Found\r\nLocation: http://[${url}\r\n${withoutBody}`],
    ["a redirect to the moon", ({ url }) => `HTTP/1.1 302 Found\r\nLocation: moon:/${url}\r\n${withoutBody}`],
  ])("%s is a failure", async (_, toAnswer) => {
    await using server = await startRawServer(toAnswer);
    expect(await runAgainst(server.url)).toEqual(failed);
  });

  test.each(expected.variables)("%s is named, where it is not set", async (name) => {
    await using mock = await startMock();
    for (const value of [undefined, ""])
      expect(await runAgainst(mock.url, { [name]: value })).toEqual(failsWith(new RegExp(`${name}:? is not set`)));
    expect(mock.requests).toEqual([]);
  });

  test("an HTTP status other than 200 is a failure, whatever the body says", async () => {
    await using server = await startCannedServer(500, JSON.stringify(answer));
    expect(await runAgainst(server.url)).toEqual(failsWith(/\b500\b/));
  });

  test.each([302, 307])("a redirect (%s) is not followed", async (status) => {
    await using elsewhere = await startCannedServer(200, JSON.stringify(answer));
    await using server = await startCannedServer(status, "", { location: `${elsewhere.url}/elsewhere` });
    expect(await runAgainst(server.url)).toEqual(failed);
    expect(server.requests).toHaveLength(1);
    expect(elsewhere.requests).toEqual([]);
  });

  test("a success without its result is a failure", async () => {
    await using server = await startCannedServer(200, JSON.stringify({ errcode: 0, errmsg: "ok" }));
    expect(await runAgainst(server.url)).toEqual(failed);
  });

  test("what is sent is percent-encoded", async () => {
    await using server = await startCannedServer(200, JSON.stringify(answer));
    expect(await runAgainst(server.url)).toMatchObject({ exitCode: 0 });
    for (const { url, body } of server.requests)
      expect(`${url}?${body}`).toMatch(/^[\w/]+\?[\w.~*%+=&-]+\?[\w.~*%+=&-]*$/);
  });

  test.each(["http://127.0.0.1:9", "127.0.0.1:9", "127.0.0.1"])("no answer at %s is a failure", async (baseUrl) => {
    expect(await runAgainst(baseUrl)).toMatchObject({ exitCode: failed.exitCode, stdout: "" });
  });

  const { id } = expected;
  if (id !== undefined)
    test("keeps every digit of an id", async () => {
      // JavaScript's numbers end there: what is beyond them, the client refuses.
      const largest = language.name === "TypeScript" ? "9007199254740991" : "9223372036854775807";
      const body = JSON.stringify(answer).replace(String(answer[id]), largest);
      await using server = await startCannedServer(200, body);
      const success = expected.toSuccess({ ...answer, [id]: largest });
      expect(await runAgainst(server.url)).toEqual({ exitCode: 0, ...success });
    });

  if (operation.method === "POST")
    test("waits so long, and does not send it again", async () => {
      await using mock = await startMock({ scenario: "stall" });
      expect(await runAgainst(mock.url)).toEqual(failed);
      expect(mock.requests).toHaveLength(1);
    });

  if (operation.method === "POST")
    test("waits so long for the rest of a body, too", async () => {
      const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n";
      await using server = await startRawServer(() => head + JSON.stringify(answer), true);
      expect(await runAgainst(server.url)).toEqual(failed);
    });
});

/** A code as a failure says it: the client's messages begin with what failed. */
function code(code: string | number): RegExp {
  return new RegExp(`^(\\w+ failed: )?${code} \\S`);
}
