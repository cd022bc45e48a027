/** The mock in strict mode gives the same verdict as Prism's own command on every request, except for listed differences. */
import { type IncomingMessage, request as send } from "node:http";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { type MockServer, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { start } from "../run.ts";
import { breakTexts, inputFaultsOf } from "./faults.ts";
import { type CalledOperation, calls, operations, tokenParameter } from "./requests.ts";

let prism: Prism;
let mock: MockServer;
beforeAll(async () => {
  prism = await startPrism();
  mock = await startMock();
}, 30_000);
afterAll(async () => {
  await prism.stop();
  await mock.close();
});

/** Both answer within this time, or never. */
const PATIENT_MS = 3000;

type Prism = Awaited<ReturnType<typeof startPrism>>;

/** Starts Prism's own command. */
async function startPrism() {
  const require = createRequire(import.meta.url);
  const command = require.resolve("@stoplight/prism-cli/dist/index.js");
  const port = await freePort();
  const args = [command, "mock", require.resolve("@dingrole/spec/openapi.json"), "--port", String(port)];
  const { stop } = await start(process.execPath, args, /Prism is listening/);
  return { url: `http://127.0.0.1:${port}`, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Raw {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Send the body without a `Content-Length`. */
  isChunked?: boolean;
}

interface Verdict {
  status: number;
  /** The title of a problem report. */
  title?: string;
  /** The body of a success. */
  body?: string;
}

async function verdictOf(url: string, { method, path, headers = {}, body, isChunked }: Raw): Promise<Verdict> {
  const { hostname, port } = new URL(url);
  const length = body === undefined || isChunked ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const request = send({ hostname, port, method, path, headers: { ...headers, ...length }, agent: false });
  request.end(body);
  request.setTimeout(PATIENT_MS, () => request.destroy(new Error("no answer")));
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.on("response", resolve).on("error", reject);
  });
  const answer = await text(response);
  const status = response.statusCode ?? 0;
  if (status === 200) return { status, body: answer };
  const isProblem = /problem/.test(response.headers["content-type"] ?? "") && answer !== "";
  return { status, ...(isProblem && { title: JSON.parse(answer).title }) };
}

const form = "application/x-www-form-urlencoded";
const formUtf8 = `${form};charset=utf-8`;

interface Difference {
  /** Matches the names of the requests. */
  names: RegExp;
  /** The verdict of the mock. */
  ours: Verdict;
  why: string;
  /** Prism's process answers no later request. */
  isLast?: true;
}

/** The differences that are intended. */
const differences: Difference[] = [
  {
    names: /^with cut JSON$/,
    ours: { status: 415, title: "Invalid content type" },
    why: "Prism reads the body twice, and never answers",
    isLast: true,
  },
  {
    names: /^with an invalid content type$/,
    ours: { status: 400, title: "UNREADABLE" },
    why: "Prism answers 500, as if Prism had the fault",
  },
  {
    names: /^with invalid percent-encoding in a name$/,
    ours: { status: 400, title: "MALFORMED_INPUT" },
    why: "Prism's process ends",
    isLast: true,
  },
  {
    names: /^with invalid percent-encoding in (a value|\S+)$|invalid UTF-8$/,
    ours: { status: 400, title: "MALFORMED_INPUT" },
    why: "Prism validates the text after its decoder has replaced the fault",
  },
  {
    names: / twice$(?<!slash twice)/,
    ours: { status: 400, title: "MALFORMED_INPUT" },
    why: "Prism validates only the last value, or says that a string is not a string",
  },
  {
    names: /^with raw UTF-8$/,
    ours: { status: 400, title: "MALFORMED_INPUT" },
    why: "Prism accepts text without percent-encoding",
  },
  {
    names: /^with charset=|^with an unknown charset$/,
    ours: { status: 400, title: "MALFORMED_INPUT" },
    why: "Prism decodes any charset, but the description has UTF-8",
  },
];

function toRaw({ method, path, query, form = {} }: CalledOperation): Raw & { body?: string } {
  const body = String(new URLSearchParams(form));
  const url = `${path}?${new URLSearchParams(query)}`;
  return { method, path: url, ...(body && { headers: { "content-type": formUtf8 }, body }) };
}

/** All kinds of valid and invalid requests to an operation, by name. */
function requestsOf(operation: CalledOperation): [string, Raw][] {
  const { method, path, query, form: fields = {}, formFields } = operation;
  const search = (record: Record<string, string>, extra = "") => `${path}?${new URLSearchParams(record)}${extra}`;
  const url = search(query);
  // A text can have any character.
  const name = formFields.find(({ type }) => type === "string")?.name ?? Object.keys(fields)[0] ?? "name";
  const right = toRaw(operation);
  const { body = "" } = right;
  const withBody = (content: string | Buffer, type = formUtf8): Raw => ({
    ...right,
    body: content,
    headers: { "content-type": type },
  });
  const { [name]: _, ...otherFields } = fields;
  const withValue = (value: string) =>
    withBody(`${name}=${value}&${new URLSearchParams(otherFields)}`.replace(/&$/, ""));
  const others = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE"].filter((each) => each !== method);

  return [
    ["as described", right],
    ...others.map((each): [string, Raw] => [`by ${each}`, { ...right, method: each }]),
    ...Object.keys(query).flatMap((key): [string, Raw][] => {
      const { [key]: value = "", ...rest } = query;
      return [
        [`without ${key}`, { ...right, path: search(rest) }],
        [`with an empty ${key}`, { ...right, path: search({ ...rest, [key]: "" }) }],
        [`with ${key} twice`, { ...right, path: search(query, `&${key}=other`) }],
        [`with ${key.toUpperCase()}`, { ...right, path: search({ ...rest, [key.toUpperCase()]: value }) }],
        [`with invalid percent-encoding in ${key}`, { ...right, path: search(rest, `&${key}=%zz`) }],
        [`with ${key} of invalid UTF-8`, { ...right, path: search(rest, `&${key}=%ff`) }],
      ];
    }),
    ["with an extra parameter", { ...right, path: search(query, "&more=1") }],
    ["with an extra slash", { ...right, path: url.replace("?", "/?") }],
    ["with a slash twice", { ...right, path: `/${url}` }],
    ["on another path", { ...right, path: url.replace("?", "s?") }],
    ["on the path in capitals", { ...right, path: url.replace(path, path.toUpperCase()) }],
    ["on the root path", { ...right, path: "/" }],
    ["with a fragment of a query", { ...right, path: `${url}&&&=` }],
    ["with a bearer token", { ...right, path: search({}), headers: { ...right.headers, authorization: "Bearer t" } }],
    ["with Accept: application/json", { ...right, headers: { ...right.headers, accept: "application/json" } }],
    ["with Accept: text/html", { ...right, headers: { ...right.headers, accept: "text/html" } }],
    ["with Accept: */*", { ...right, headers: { ...right.headers, accept: "*/*" } }],
    ["with Prefer: code=200", { ...right, headers: { ...right.headers, prefer: "code=200" } }],
    ["with Prefer: code=500", { ...right, headers: { ...right.headers, prefer: "code=500" } }],
    ["with Prefer: code=x", { ...right, headers: { ...right.headers, prefer: "code=x" } }],
    ["with Prefer: example=busy", { ...right, headers: { ...right.headers, prefer: "example=busy" } }],
    ["with __example=busy", { ...right, path: `${url}&__example=busy` }],
    ["with a body that is text", withBody("hello", "text/plain")],
    ["with a JSON body", withBody(JSON.stringify(fields), "application/json")],
    ["with a JSON body and its charset", withBody(JSON.stringify(fields), "application/json;charset=utf-8")],
    ["with cut JSON", withBody('{"name":', "application/json")],
    [
      "with a multipart body",
      withBody(
        `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nv\r\n--x--\r\n`,
        "multipart/form-data; boundary=x",
      ),
    ],
    ["with an XML body", withBody("<name>v</name>", "application/xml")],
    ["with a body without a type", { ...right, headers: {}, body: body || "a=b" }],
    ["with an invalid content type", withBody(body || "a=b", "nonsense")],
    ["with the form's type in capitals", withBody(body || "a=b", form.toUpperCase())],
    ["with the form's type without charset", withBody(body || "a=b", form)],
    ["with charset=gbk", withBody(body || "a=b", `${form};charset=gbk`)],
    ["with charset=utf-16", withBody(body || "a=b", `${form};charset=utf-16le`)],
    ["with charset=latin1", withBody(Buffer.from(`${name}=\xe9`, "latin1"), `${form};charset=latin1`)],
    ["with no body", { ...right, headers: { "content-type": formUtf8 }, body: "" }],
    ["with a body in chunks", { ...withBody(body || "a=b"), isChunked: true }],
    ["with an empty body in chunks", { ...withBody(""), isChunked: true }],
    ...(body
      ? ([
          ["with an unknown charset", withBody(body, `${form};charset=nonsense`)],
          ["with an empty field", withValue("")],
          ["with a field without =", withBody(name)],
          ["with the field twice", withValue(`a&${name}=b`)],
          ["with an extra field", withBody(`${body}&more=1`)],
          ["with another field only", withBody("more=1")],
          ["with the field in capitals", withBody(`${name.toUpperCase()}=v`)],
          ["with the field as an array", withBody(`${name}[]=v`)],
          ["with the token in the form", { ...withBody(`${body}&${tokenParameter}=t`), path }],
          ["with a space as +", withValue("a+b")],
          ["with a space as %20", withValue("a%20b")],
          ["with raw UTF-8", withValue("制造部")],
          ["with percent-encoded UTF-8", withValue(encodeURIComponent("制造部"))],
          ["with bytes of invalid UTF-8", withBody(Buffer.from([...Buffer.from(`${name}=`), 0xff]))],
          ["with percent-encoding of invalid UTF-8", withValue("%ff")],
          ["with invalid percent-encoding in a value", withValue("%zz")],
          ["with invalid percent-encoding in a name", withBody("%zz=v")],
          ["with a reserved character", withValue("a[b]:c")],
          ["with a null character", withValue("%00")],
          ["with a name like a property of every object", withValue("v&__proto__=x&constructor=y")],
          ["with the word undefined", withValue("undefined")],
          ["with & alone", withBody("&")],
          ["with = alone", withBody("=")],
          ["with a long value", withValue("x".repeat(100_000))],
        ] as [string, Raw][])
      : []),
  ];
}

test("the matrix has at least 60 requests", () => {
  expect(operations.flatMap(requestsOf).length).toBeGreaterThanOrEqual(60);
});

/** The first operation of each kind. The requests that have nothing to do with a field differ only by it. */
const kinds = [...new Map(operations.toReversed().map((each) => [kindOf(each), each])).values()];

const withForm = operations.find(({ form }) => form);

function kindOf({ method, query, form, formFields }: CalledOperation): string {
  const isFormRequired = formFields.some(({ isRequired }) => isRequired);
  return [method, tokenParameter in query, form !== undefined, isFormRequired].join(" ");
}

describe.each(kinds)("$id", (operation) => {
  const differenceOf = (name: string) =>
    differences.find(({ names }) => names.test(name) && (operation.form || !/charset/.test(name)));
  // Each of these requests needs a Prism of its own, which takes long.
  const requests = requestsOf(operation).filter(([name]) => operation === withForm || !differenceOf(name)?.isLast);
  beforeEach(() => mock.reset());

  test.each(requests.filter(([name]) => !differenceOf(name)))("%s", async (_, raw) => {
    await expectSameVerdict(raw);
  });

  test.each(requests.filter(([name]) => differenceOf(name)))("%s: the mock differs on purpose", async (name, raw) => {
    const { ours, isLast } = differenceOf(name) as Difference;
    const theirPrism = isLast ? await startPrism() : prism;
    const [own, theirs] = await Promise.all([
      verdictOf(mock.url, raw),
      verdictOf(theirPrism.url, raw).catch(() => undefined),
    ]);
    if (isLast) await theirPrism.stop();
    expect(own).toEqual(ours);
    expect(theirs).not.toEqual(ours);
  });
});

async function expectSameVerdict(raw: Raw): Promise<Verdict> {
  const [ours, theirs] = await Promise.all([verdictOf(mock.url, raw), verdictOf(prism.url, raw)]);
  expect(ours.status).toBe(theirs.status);
  expect(ours.body).toBe(theirs.body);
  if (theirs.title) expect(ours.title).toBe(theirs.title);
  return theirs;
}

test.each(calls)("$id accepts the input $input", async (operation) => {
  mock.reset();
  expect(await expectSameVerdict(toRaw(operation))).toMatchObject({ status: 200 });
});

describe.each(operations)("$id", (operation) => {
  const fields = [...operation.queryFields, ...operation.formFields];
  const faults = fields.flatMap(inputFaultsOf).filter(({ text }) => text !== undefined);

  test.each(faults)("$title is refused", async (fault) => {
    expect(await expectSameVerdict(toRaw(breakTexts(operation, fault)))).toMatchObject({ status: 422 });
  });
});
