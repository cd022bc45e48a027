/** What `npm run lint` of the description refuses: everything made from it relies on that. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const spec = join(import.meta.dirname, "../../spec");
const folder = mkdtempSync(join(tmpdir(), "dingrole-lint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Edit = [file: string, from: RegExp | string, to: string];

const keywords = (code: number, found: string) =>
  `The keywords of error code ${code} must be different words of at most 8 letters, one of them Chinese, not [${found}].`;
const missing = (field: string) => `The field \`${field}\` must be present on this level.`;
const unexpected = (field: string) => `Nothing reads \`${field}\` here.`;
const unread = (key: string) =>
  `\`${key}\` of a path is not read: write operations under get or post, and all of an operation in it.`;
const answers = (id: string) =>
  `The 200 answer of \`${id}\` must be a \`oneOf\` of a success, whose \`errcode\` is \`const: 0\`, of ErrorEnvelope and of IpBlock.`;
const scheme =
  "There must be one security scheme, an apiKey in the query, and `security` must name it: the client knows no other.";
const region = "A server's description must be one word, and no other server's: the client's `region`.";
const unknown = (keyword: string) =>
  `The client does not know \`${keyword}\`: teach it to packages/client/src/schema.ts.`;

/** The first such text in the operation, with all that comes before it. */
const inOperation = (id: string, text: string) => new RegExp(`(operationId: ${id}\\n[^]*?)${text}`);

const api = "openapi.yaml";
const codes = "error-codes.yaml";

/** By what is wrong: the edit, the line that lint names, and its words. */
const faults: Record<string, [edit: Edit, at: RegExp, words: string | RegExp]> = {
  "an error code without keywords": [
    [codes, /(- code: 40014\n(?:.*\n){4}) {2}keywords: .*\n/, "$1"],
    /^- code: 40014/,
    missing("keywords"),
  ],
  "a keyword that is a sentence": [
    [codes, "keywords: [系统繁忙, 稍后重试]", "keywords: [系统繁忙请您稍后再重试一次]"],
    /系统繁忙请/,
    keywords(-1, "系统繁忙请您稍后再重试一次"),
  ],
  "a keyword twice": [[codes, "keywords: [成功]", "keywords: [成功, 成功]"], /成功, 成功/, keywords(0, "成功, 成功")],

  "a tag that is not declared": [
    [api, "tags: [Access token]", "tags: [Acess token]"],
    /tags: \[Acess token\]/,
    /^Operation tags should be defined in global tags\./,
  ],
  "a tag without an operation": [
    [api, "tags:\n", "tags:\n  - name: Roles\n    description: Roles.\n"],
    /name: Roles/,
    "No operation has the tag `Roles`: its section would be empty.",
  ],
  "a tag that makes no address": [
    [api, /Access token(?=\]?\n)/g, "'Access, token'"],
    /name: 'Access, token'/,
    "The tag `Access, token` must be English words: the site makes an address of it.",
  ],
  "an operation without a summary": [[api, "      summary: Create a role group\n", ""], /^ {4}post:/, /summary/],
  "two operations under one name": [
    [api, "operationId: getToken", "operationId: addRoleGroup"],
    /operationId: addRoleGroup/,
    /unique/,
  ],
  "an operation without a name": [[api, "      operationId: getToken\n", ""], /^ {4}get:/, /operationId/],
  "an operation under another verb": [[api, /^ {4}post:/m, "    put:"], /put:/, unread("put")],
  "parameters of a path": [
    [api, "  /gettoken:\n", "  /gettoken:\n    parameters: []\n"],
    /parameters: \[\]/,
    unread("parameters"),
  ],
  "servers of an operation": [
    [
      api,
      "operationId: getToken",
      "operationId: getToken\n      servers: [{ url: https://a.example, description: A, x-evidence: { grade: inferred, source: probeLog } }]",
    ],
    /servers:/,
    "Nothing reads the servers of an operation.",
  ],
  "an operation with a token of its own kind": [
    [api, "      security: []\n", "      security: [{ accessToken: [] }]\n"],
    /security: \[\{/,
    "`security` of `getToken` must be [], for a call without a token, or absent.",
  ],
  "a value that is missing": [
    [api, "      security: []\n", "      security:\n"],
    /^ +operationId: getToken/,
    /^A rule cannot read the description here: /,
  ],
  "a second security scheme": [
    [
      api,
      "  securitySchemes:\n",
      "  securitySchemes:\n    other: { type: http, scheme: basic, x-evidence: { grade: inferred, source: probeLog } }\n",
    ],
    /other: /,
    scheme,
  ],
  "two servers of one name": [
    [api, "description: China", "description: International"],
    /url: https:\/\/oapi.dingtalk.com/,
    region,
  ],
  "a server with a variable": [
    [api, "url: https://oapi.dingtalk.com", "url: http://oapi.dingtalk.com"],
    /url: http:/,
    "A server's url must be an https URL without variables, not `http://oapi.dingtalk.com`.",
  ],

  "an operation without x-errcodes": [[api, /^ +x-errcodes: \[-1, 88.*\n/m, ""], /^ {4}get:/, missing("x-errcodes")],
  "an operation that lists no errcode": [
    [api, /x-errcodes: \[-1, 88.*/, "x-errcodes: []"],
    /x-errcodes: \[\]/,
    "`getToken` must list the errcodes that its callers meet.",
  ],
  "an errcode that is not known": [
    [api, "x-errcodes: [-1, 88", "x-errcodes: [-7, 88"],
    /x-errcodes: \[-7/,
    "`getToken` lists the errcode -7, which error-codes.yaml lacks.",
  ],
  "an operation without x-permissions": [
    [api, inOperation("getToken", " +x-permissions: .*\n"), "$1"],
    /^ {4}get:/,
    missing("x-permissions"),
  ],
  "permissions without their names in words": [
    [api, /x-permissions: \{ qyapi.*/, "x-permissions: [qyapi_manage_addresslist]"],
    /x-permissions: \[/,
    "Expected type `Permissions` (object) but got `array`",
  ],
  "an operation without x-app-types": [
    [api, inOperation("getToken", " +x-app-types: .*\n"), "$1"],
    /^ {4}get:/,
    missing("x-app-types"),
  ],
  "an operation without x-effect": [
    [api, inOperation("getToken", " +x-effect: .*\n"), "$1"],
    /^ {4}get:/,
    missing("x-effect"),
  ],
  "an effect that RFC 9110 does not name": [
    [api, "x-effect: neither", "x-effect: read"],
    /x-effect: read/,
    /^`x-effect` can be one of the following only: "safe", "idempotent", "neither"/,
  ],
  "an operation of no app": [
    [api, "x-app-types: [internal]", "x-app-types: []"],
    /x-app-types: \[\]/,
    /^`\w+` must name an app type\.$/,
  ],
  "a server without a name": [[api, "    description: China\n", ""], /url: https:\/\/oapi.dingtalk.com/, region],
  "no error codes": [
    [api, "  $ref: error-codes.yaml", "  codes: error-codes.yaml"],
    /codes: error-codes.yaml/,
    "x-error-codes has no codes: it is a $ref to error-codes.yaml.",
  ],
  "an app type that is not known": [
    [api, "x-app-types: [internal]", "x-app-types: [intern]"],
    /x-app-types: \[intern\]/,
    /^`x-app-types` can be one of the following only: "internal", "third-party"/,
  ],
  "a field that is spelled wrong": [
    [api, "      security: []\n", "      security: []\n      x-efect: safe\n"],
    /x-efect/,
    unexpected("x-efect"),
  ],
  "a field of a schema that nothing reads": [
    [
      api,
      "          description: The name of the role group.\n",
      "          description: The name of the role group.\n          x-secret: true\n",
    ],
    /x-secret/,
    unexpected("x-secret"),
  ],

  "a parameter in the path": [
    [api, "- name: appkey\n          in: query", "- name: appkey\n          in: header"],
    /- name: appkey/,
    "`appkey` is in the header: the client knows the query and a form.",
  ],
  "a required parameter without an example": [
    [api, "          example: dingxxxx\n", ""],
    /- name: appkey/,
    "`appkey` is required, and has no example: tests and readers call with it.",
  ],
  "a parameter without a schema": [
    [api, /(- name: appkey\n(?:.*\n){3}) +schema:\n.*\n.*\n/, "$1"],
    /- name: appkey/,
    /`schema`/,
  ],
  "a list in the query": [
    [
      api,
      /(- name: appkey\n(?:.*\n){4} +type: )string\n.*\n +example: .*\n/,
      "$1array\n            items: { type: string }\n          example: [a]\n",
    ],
    /type: array/,
    "`appkey` of `getToken` must be a text, a number or a boolean: a form and a query have no other.",
  ],
  "a field in two places": [
    [api, "- name: appsecret", "- name: access_token"],
    /type: string/,
    "`access_token` of `getToken` is in two places: the query, and the body or the security scheme.",
  ],
  "a body that is JSON": [
    [api, inOperation("addRoleGroup", "application/x-www-form-urlencoded:"), "$1application/json:"],
    /requestBody:/,
    "`addRoleGroup` takes application/json: the client sends a form, application/x-www-form-urlencoded.",
  ],
  "a form that may be empty, and a body that may not": [
    [api, /^ +required: \[name\]\n/m, ""],
    /requestBody:/,
    "The body of `addRoleGroup` must be that of a POST, and `required: false`, as its fields are.",
  ],
  "a body that may be left out, and a field that may not": [
    [api, inOperation("addRoleGroup", " +required: true\n"), "$1"],
    /requestBody:/,
    "The body of `addRoleGroup` must be that of a POST, and `required: true`, as its fields are.",
  ],
  "something that the gateway takes and the mock does not know": [
    [api, "accepts: [jsonBody, tokenInForm]", "accepts: [xmlBody]"],
    /accepts: \[xmlBody\]/,
    /jsonBody.*tokenInForm/,
  ],
  "a form that is not an object": [
    [
      api,
      "      type: object\n      description: A role group to create.\n",
      "      description: A role group to create.\n",
    ],
    /description: A role group to create/,
    "The form of `addRoleGroup` must be an object with `properties`.",
  ],
  "a form without examples": [
    [api, /( +\$ref: '#\/components\/schemas\/RoleGroup'\n) +examples:\n(?:.*\n){4}/, "$1"],
    /application\/x-www-form-urlencoded:/,
    missing("examples"),
  ],
  "a form's required field that it lacks": [
    [api, "required: [name]", "required: [name, title]"],
    /required: \[name, title\]|title/,
    /title/,
  ],
  "a keyword that the client does not check": [
    [
      api,
      "minLength: 1\n          description: The name",
      "nullable: true\n          minLength: 1\n          description: The name",
    ],
    /nullable/,
    unknown("nullable"),
  ],
  "a field of two types": [
    [api, "          type: integer\n          format: int64\n", "          type: [integer, string]\n"],
    /type: \[integer, string\]/,
    "`type` must be one of string, integer, number, boolean, array, object.",
  ],
  "a list of anything": [
    [api, "          type: integer\n          format: int64\n", "          type: array\n"],
    /type: array/,
    "An array must say what its `items` are.",
  ],

  "an operation without IpBlock": [
    [api, inOperation("addRoleGroup", "\n +- \\$ref: '#/components/schemas/IpBlock'"), "$1"],
    /responses:/,
    answers("addRoleGroup"),
  ],
  "an operation without ErrorEnvelope": [
    [api, inOperation("addRoleGroup", "\n +- \\$ref: '#/components/schemas/ErrorEnvelope'"), "$1"],
    /responses:/,
    answers("addRoleGroup"),
  ],
  "an operation without examples": [
    [api, / {14}examples:\n {16}issued: (?:.*\n){6}/, ""],
    /application\/json:/,
    missing("examples"),
  ],
  "an operation without an example of a failure": [
    [api, /( {16}issued: .*\n)(?:.*\n){5}/, "$1"],
    /responses:/,
    "`getToken` needs named examples of a success and of a failure: the mock answers with them.",
  ],
  "an example without a summary": [
    [api, "      summary: A token was issued\n", ""],
    /^ {4}issued:/,
    missing("summary"),
  ],
  "an example without a value": [
    [api, /( {6}summary: A token was issued\n) {6}value: .*\n/, "$1      externalValue: https://a.example\n"],
    /^ {4}issued:/,
    missing("value"),
  ],
  "an answer other than 200": [
    [
      api,
      "        '200':\n          description: Success or",
      "        '400': { description: No. }\n        '200':\n          description: Success or",
    ],
    /'400'/,
    "Nothing reads the answer 400: DingTalk answers everything with 200.",
  ],

  "a gateway that lacks a refusal": [[api, "    rateLimited: rateLimited\n", ""], /refusals:/, missing("rateLimited")],
  "a gateway without examples": [
    [
      api,
      /( {6}content:\n {8}application\/json:\n {10}schema:\n {12}oneOf:\n.*\n.*\n) {10}examples:\n(?:.*\n){9}/,
      "$1",
    ],
    /application\/json:/,
    missing("examples"),
  ],
  "a token of a field that the answer lacks": [
    [api, "value: access_token, lifetime", "value: accessToken, lifetime"],
    /value: accessToken/,
    "The answer of `getToken` has no field `accessToken`.",
  ],
  "a token of an operation that needs one": [
    [api, "operation: getToken,", "operation: addRoleGroup,"],
    /operation: addRoleGroup,/,
    "`addRoleGroup` issues tokens, so it must not need one: `security: []`.",
  ],
  "a block without an end": [[api, ", blockSeconds: 300 }", " }"], /ip: \{/, missing("blockSeconds")],
};

interface Problem {
  message: string;
  location: { source: { ref: string }; start: { line: number } }[];
}

let reports: { problems: Problem[] }[];
const folderOf = (title: string) => title.replaceAll(/\W+/g, "-");

/** One run of Redocly over all the broken copies: starting it costs more than a description does. */
beforeAll(() => {
  for (const [title, [edit]] of Object.entries(faults)) breakCopy(folderOf(title), edit);
  const files = Object.keys(faults).map((title) => join(folderOf(title), "openapi.yaml"));
  const args = ["lint", "--config", join(spec, "redocly.yaml"), "--format=json", ...files];
  const { stdout, stderr } = spawnSync("redocly", args, { cwd: folder, encoding: "utf8" });
  reports = stdout.split(/(?<=^\})(?=\{)/m).map((report) => JSON.parse(report));
  expect(reports.length, stderr).toBe(files.length);
}, 30_000);

function breakCopy(name: string, [edited, from, to]: Edit) {
  mkdirSync(join(folder, name));
  for (const file of ["openapi.yaml", "error-codes.yaml"]) copyFileSync(join(spec, file), join(folder, name, file));
  const text = readFileSync(join(folder, name, edited), "utf8");
  const broken = text.replace(from, to);
  expect(broken, `${edited} has no ${from}`).not.toBe(text);
  writeFileSync(join(folder, name, edited), broken);
}

test.each(Object.entries(faults))("%s is refused, with its line and why", (title, [[file], at, words]) => {
  const { problems = [] } = reports[Object.keys(faults).indexOf(title)] ?? {};
  const found = problems.map(({ message, location: [place] }) => {
    const lines = readFileSync(join(folder, place?.source.ref ?? ""), "utf8").split("\n");
    return { file: place?.source.ref, line: lines[(place?.start.line ?? 0) - 1], message };
  });
  const fault = {
    file: join(folderOf(title), file),
    line: expect.stringMatching(at),
    message: typeof words === "string" ? words : expect.stringMatching(words),
  };
  expect(found).toContainEqual(fault);
});
