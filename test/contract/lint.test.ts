/** Every fault that the lint of the description refuses. All generators rely on these rules. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addOperation } from "@dingrole/dev/new-operation";
import { imaginedOperations } from "@dingrole/spec/imagined-description";
import { afterAll, beforeAll, expect, test } from "vitest";

const spec = join(import.meta.dirname, "../../spec");
const folder = mkdtempSync(join(tmpdir(), "dingrole-lint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Edit = [file: string, from: RegExp | string, to: string];

const keywords = (code: number, found: string) =>
  `The keywords of error code ${code} must be different words of at most 8 letters, with at least one Chinese word, not [${found}].`;
const missing = (field: string) => `The field \`${field}\` must be present on this level.`;
const unexpected = (field: string) => `Unknown field \`${field}\`: nothing reads it here.`;
const unread = (key: string) =>
  `A path must have only get and post, not \`${key}\`: write everything into the operation.`;
const answers = (id: string) =>
  `The 200 answer of \`${id}\` must be a \`oneOf\` with a success, whose \`errcode\` is \`const: 0\` or \`anyOf: [{ type: integer, const: 0 }, { type: string, const: '0' }]\`, ErrorEnvelope and IpBlock.`;
const scheme =
  "The only security scheme must be an apiKey in the query, and `security` must name it: the client supports no other.";
const region =
  "The description of a server must be one word, different from all others: it is the `region` of the client.";
const fieldName = (name: string) =>
  `The name of a field must be a letter, then letters, digits, \`_\`, \`.\` and \`-\`, not \`${name}\`: programs contain it.`;
const serverUrl = (url: string) =>
  `The url of a server must be an https URL of letters, digits, \`_\`, \`.\`, \`:\`, \`/\` and \`-\`, not \`${url}\`.`;
const unknown = (keyword: string) => `Unknown keyword \`${keyword}\`: add it to packages/client/src/schema.ts.`;

const noSuchType = (name: string, id: string) =>
  `\`${name}\` of \`${id}\` must be a text, a number, a boolean, or in a form a list: a form and a query have no other types.`;
const limits = (name: string) =>
  `The list \`${name}\` must have \`minItems: 1\`, \`maxItems\` and \`uniqueItems: true\`.`;
const encoding = (name: string) =>
  `The form must have the encoding of the list \`${name}\`: \`encoding: { ${name}: { style: form, explode: false, allowReserved: true } }\`.`;
const items = (name: string) =>
  `The items of the list \`${name}\` must be integers, or texts with \`minLength: 1\` and \`pattern: '^[^,]+$'\`: a comma separates them.`;
const pagingField = (key: string, and: string, name: string) =>
  `\`${key}\` must name an integer of the form with \`default\`${and}, not \`${name}\`.`;
const pagingPath = (key: string, type: string, path: string) =>
  `\`${key}\` must be the path of ${type} in the success, such as \`result.list\`, not \`${path}\`.`;
const omitted = (name: string) => `\`x-omitted\` of \`${name}\` must be one word, for an optional list in a form.`;

const resource = (name: string) =>
  `Unknown resource \`${name}\`: expected one of user, department, roleGroup, role, member.`;
const verb = "`x-memory` must have one of creates, reads, lists, updates, deletes.";
const identity = (name: string) =>
  `\`${name}\` must have an \`id\`, or belong to two resources, which then identify it. A resource with a given id must not belong to another.`;

/** Matches the first such text in the operation. Group 1 is the part of the operation before it. */
const inOperation = (id: string, text: string) => new RegExp(`(operationId: ${id}\\n[^]*?)${text}`);

const api = "openapi.yaml";
const codes = "error-codes.yaml";

/** Operations with lists, paging and more. A fault among them is made as they are inserted. */
const verbatim = (text: string) => text.replaceAll("$", "$$$$");
const insert = (operations: string): Edit => [api, /^components:/m, `${verbatim(operations)}\n$&`];
const amid = (from: RegExp | string, to: string): Edit => {
  const broken = imaginedOperations.replace(from, to);
  expect(broken, `imagined-operations.yaml must contain ${from}`).not.toBe(imaginedOperations);
  return insert(broken);
};

/** For each fault: the edit that makes it, the line that lint must name, and its message. */
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

  "an undeclared tag": [
    [api, "tags: [Access token]", "tags: [Acess token]"],
    /tags: \[Acess token\]/,
    /^Operation tags should be defined in global tags\./,
  ],
  "a tag without an operation": [
    [api, "tags:\n", "tags:\n  - name: Roles\n    description: Roles.\n"],
    /name: Roles/,
    "At least one operation must have the tag `Roles`: its section would be empty.",
  ],
  "a tag that cannot be a part of a URL": [
    [api, /Access token(?=\]?\n)/g, "'Access, token'"],
    /name: 'Access, token'/,
    "The tag `Access, token` must be English words: the site makes a URL from it.",
  ],
  "an operation without a summary": [[api, "      summary: Create a role group\n", ""], /^ {4}post:/, /summary/],
  "two operations with one name": [
    [api, "operationId: getToken", "operationId: addRoleGroup"],
    /operationId: addRoleGroup/,
    /unique/,
  ],
  "two operations whose files would have one name": [
    [api, "operationId: getToken", "operationId: addRolegroup"],
    /operationId: addRolegroup/,
    "The operationId must differ from all others also in lower case, not `addRolegroup`: files have its name.",
  ],
  "an operation without a name": [[api, "      operationId: getToken\n", ""], /^ {4}get:/, /operationId/],
  "an operation with another method": [[api, /^ {4}post:/m, "    put:"], /put:/, unread("put")],
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
    "Unknown field `servers`: nothing reads it in an operation.",
  ],
  "an operation with its own kind of token": [
    [api, "      security: []\n", "      security: [{ accessToken: [] }]\n"],
    /security: \[\{/,
    "`security` of `getToken` must be [] for a call without a token, or left out.",
  ],
  "a missing value": [
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
  "two servers with one name": [
    [api, "description: China", "description: International"],
    /url: https:\/\/oapi.dingtalk.com/,
    region,
  ],
  "a server without https": [
    [api, "url: https://oapi.dingtalk.com", "url: http://oapi.dingtalk.com"],
    /url: http:/,
    serverUrl("http://oapi.dingtalk.com"),
  ],
  "a server whose URL would need escapes in programs": [
    [api, "url: https://oapi.dingtalk.com", "url: https://oapi.dingtalk.com/it's"],
    /url: .*it's/,
    serverUrl("https://oapi.dingtalk.com/it's"),
  ],

  "an operation without x-errcodes": [[api, /^ +x-errcodes: \[-1, 88.*\n/m, ""], /^ {4}get:/, missing("x-errcodes")],
  "an operation with an empty x-errcodes": [
    [api, /x-errcodes: \[-1, 88.*/, "x-errcodes: []"],
    /x-errcodes: \[\]/,
    "`getToken` must list in x-errcodes the codes that its callers meet.",
  ],
  "a success among the errcodes": [
    [api, "x-errcodes: [-1, 88", "x-errcodes: [-1, 0, 88"],
    /x-errcodes: \[-1, 0/,
    "`getToken` must list only failures in x-errcodes, not 0.",
  ],
  "an operation with an empty x-evidence": [
    [api, inOperation("getToken", "x-evidence:\n(?: +- .*\n)+"), "$1x-evidence: []\n"],
    /^ {4}get:/,
    /^The operation `getToken` must have x-evidence/,
  ],
  "an unknown errcode": [
    [api, "x-errcodes: [-1, 88", "x-errcodes: [-7, 88"],
    /x-errcodes: \[-7/,
    "`getToken` lists the unknown errcode -7: add it to error-codes.yaml.",
  ],
  "an operation without x-permissions": [
    [api, inOperation("getToken", " +x-permissions: .*\n"), "$1"],
    /^ {4}get:/,
    missing("x-permissions"),
  ],
  "permissions without titles": [
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
  "an operation without an app type": [
    [api, "x-app-types: [internal]", "x-app-types: []"],
    /x-app-types: \[\]/,
    /^`\w+` must have at least one app type\.$/,
  ],
  "a server without a name": [[api, "    description: China\n", ""], /url: https:\/\/oapi.dingtalk.com/, region],
  "no error codes": [
    [api, "  $ref: error-codes.yaml", "  codes: error-codes.yaml"],
    /codes: error-codes.yaml/,
    "x-error-codes must be a $ref to error-codes.yaml, with at least one code.",
  ],
  "an unknown app type": [
    [api, "x-app-types: [internal]", "x-app-types: [intern]"],
    /x-app-types: \[intern\]/,
    /^`x-app-types` can be one of the following only: "internal", "third-party"/,
  ],
  "a misspelled field": [
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
    "`appkey` must be in the query or a form, not in the header.",
  ],
  "a required parameter without an example": [
    [api, "          example: dingxxxx\n", ""],
    /- name: appkey/,
    "`appkey` is required, so it must have an example: tests and readers call with it.",
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
    noSuchType("appkey", "getToken"),
  ],
  "a field in two places": [
    [api, "- name: appsecret", "- name: access_token"],
    /type: string/,
    "`access_token` of `getToken` must be in one place, not in the query and in the body or the security scheme.",
  ],
  "a JSON body": [
    [api, inOperation("addRoleGroup", "application/x-www-form-urlencoded:"), "$1application/json:"],
    /requestBody:/,
    "The body of `addRoleGroup` must be a form, application/x-www-form-urlencoded, not application/json.",
  ],
  "a required body whose fields are all optional": [
    [api, /^ +required: \[name\]\n/m, ""],
    /requestBody:/,
    "The body of `addRoleGroup` must belong to a POST, with `required: false` like its fields.",
  ],
  "an optional body with a required field": [
    [api, inOperation("addRoleGroup", " +required: true\n"), "$1"],
    /requestBody:/,
    "The body of `addRoleGroup` must belong to a POST, with `required: true` like its fields.",
  ],
  "an alternative that the mock cannot accept": [
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
  "a field whose name would need escapes in programs": [
    [api, /^( +)groupId:/m, "$1group's id: { type: string }\n$&"],
    /group's id/,
    fieldName("group's id"),
  ],
  "a parameter whose name would need escapes in programs": [
    [api, "- name: appkey", "- name: 2nd"],
    /- name: 2nd/,
    fieldName("2nd"),
  ],
  "a path that would need escapes in programs": [
    [api, "  /gettoken:", "  /get'token:"],
    /get'token/,
    "A path must be letters, digits, `_`, `.` and `-` after each slash, not `/get'token`: programs contain it.",
  ],
  "a form with an empty list of examples": [
    [api, /( +\$ref: '#\/components\/schemas\/RoleGroup'\n +examples:)\n(?:.*\n){4}/, "$1 {}\n"],
    /examples: \{\}/,
    "The form of `addRoleGroup` must have a named example: tests and samples call with it.",
  ],
  "a secret beside the token": [
    [
      api,
      "          minLength: 1\n          description: The name",
      "          format: password\n          description: The name",
    ],
    /type: string/,
    "`addRoleGroup` must have only one secret, `name` or the token: the curl sample passes one by standard input.",
  ],
  "a form without examples": [
    [api, /( +\$ref: '#\/components\/schemas\/RoleGroup'\n) +examples:\n(?:.*\n){4}/, "$1"],
    /application\/x-www-form-urlencoded:/,
    missing("examples"),
  ],
  "an undefined required field of a form": [
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
    "`type` must be one of string, integer, number, boolean, array, object, or [one of them, 'null'].",
  ],
  "a list without a type of its items": [
    [api, "          type: integer\n          format: int64\n", "          type: array\n"],
    /type: array/,
    "An array must have `items`.",
  ],

  "a list in a form without an encoding": [amid(/^ +people: \{ style.*\n/m, ""), /^ {12}schema:/, encoding("people")],
  "a list in a form that other tools would repeat": [
    amid("explode: false", "explode: true"),
    /^ {12}schema:/,
    encoding("teamIds"),
  ],
  "a list in a form without a maximum": [amid(/^ +maxItems: 20\n/m, ""), /type: array/, limits("teamIds")],
  "a list in a form that may be empty": [amid("minItems: 1", "minItems: 0"), /type: array/, limits("teamIds")],
  "a list in a form with equal items": [
    amid("uniqueItems: true", "uniqueItems: false"),
    /type: array/,
    limits("teamIds"),
  ],
  "a list in a form whose items may contain a comma": [
    amid(", pattern: '^[^,]+$' }", " }"),
    /type: array/,
    items("people"),
  ],
  "a list of lists in a form": [
    amid("items: { type: integer, format: int64 }", "items: { type: array, items: { type: integer } }"),
    /type: array/,
    items("teamIds"),
  ],
  "an object in a form": [
    amid(/^( {16}id: \{ type: )integer, format: int64/m, "$1object"),
    /id: \{ type: object/,
    noSuchType("id", "limitTeam"),
  ],
  "a field of a form that may be null": [
    amid("size: { type: integer", "size: { type: [integer, 'null']"),
    /size: \{/,
    noSuchType("size", "listTeams"),
  ],
  "a field of an answer that is null or of two types": [
    amid("type: [array, 'null']", "type: [array, string, 'null']"),
    /type: \[array/,
    "`type` must be one of string, integer, number, boolean, array, object, or [one of them, 'null'].",
  ],
  "paging by a field that the form lacks": [
    amid("offset: offset,", "offset: start,"),
    /offset: start/,
    pagingField("offset", "", "start"),
  ],
  "paging by a field without a default": [amid(" default: 0,", ""), /x-paging/, pagingField("offset", "", "offset")],
  "paging by a field without a maximum": [
    amid(" maximum: 200,", ""),
    /x-paging/,
    pagingField("size", " and `maximum`", "size"),
  ],
  "paging without the rows": [
    amid("items: result.list", "items: list"),
    /items: list/,
    pagingPath("items", "an array", "list"),
  ],
  "paging without an end": [
    amid("more: result.hasMore", "more: result.list"),
    /more: result.list/,
    pagingPath("more", "a boolean", "result.list"),
  ],
  "paging without a path": [amid(", more: result.hasMore", ""), /x-paging/, missing("more")],
  "paging of an operation that changes something": [
    amid("x-effect: safe\n      x-paging", "x-effect: idempotent\n      x-paging"),
    /x-paging/,
    "`listTeams` must be safe, because callers repeat it for each page.",
  ],
  "batches of a field that is not a list": [
    amid("x-batches: [teamIds, people]", "x-batches: [teamIds, team]"),
    /x-batches/,
    "`x-batches` must name different required lists of the form, not `team`.",
  ],
  "batches of an optional list": [
    amid("required: [teamIds, people]", "required: [teamIds]"),
    /x-batches/,
    "`x-batches` must name different required lists of the form, not `people`.",
  ],
  "batches of nothing": [
    amid(/x-batches: .*/, "x-batches: []"),
    /x-batches/,
    "`x-batches` must name at least one list.",
  ],
  "batches of an operation that must not be repeated": [
    amid("x-effect: idempotent\n      x-batches", "x-effect: neither\n      x-batches"),
    /x-batches/,
    "`addTeamsForPeople` must be idempotent: a batch whose outcome is unknown is sent again.",
  ],
  "a proof by a code that the operation does not list": [
    amid("x-proves-effect: [33011]", "x-proves-effect: [33012]"),
    /x-proves-effect/,
    "`x-proves-effect` must have codes that x-errcodes lists, not 33012.",
  ],
  "a proof without a code": [
    amid("x-proves-effect: [33011]", "x-proves-effect: []"),
    /x-proves-effect/,
    "`x-proves-effect` must have at least one code.",
  ],
  "a proof of an effect that a repeat has again": [
    amid("x-effect: idempotent\n      x-proves-effect", "x-effect: neither\n      x-proves-effect"),
    /x-proves-effect/,
    "`deleteTeam` must be idempotent, because a resend proves its effect.",
  ],
  "a proof that lacks a required field of the result": [
    amid(/(&done\n.*\n +required: )\[errcode\]/, "$1[errcode, team]"),
    /x-proves-effect/,
    "The answer of `deleteTeam` must not require `team`: an answer that proves the effect lacks it.",
  ],
  "a word for leaving out a required list": [
    amid(
      "required: [id]\n              properties:\n                id",
      "required: [id, departments]\n              properties:\n                id",
    ),
    /x-omitted/,
    omitted("departments"),
  ],
  "a word for leaving out a field that is not a list": [
    amid("minimum: 0,", "x-omitted: all,"),
    /x-omitted/,
    omitted("offset"),
  ],
  "a word for leaving out that is a sentence": [
    amid("x-omitted: all", "x-omitted: all of them"),
    /x-omitted/,
    omitted("departments"),
  ],
  "a success by another errcode": [amid("const: '0'", "const: '1'"), /responses:/, answers("listTeams")],

  "an operation without a verb for its resource": [
    [api, "x-memory: { creates: roleGroup }", "x-memory: { refuses: {} }"],
    /x-memory/,
    verb,
  ],
  "an operation with two verbs for its resource": [
    [api, "x-memory: { creates: roleGroup }", "x-memory: { creates: roleGroup, reads: roleGroup }"],
    /x-memory/,
    verb,
  ],
  "an operation for an unknown resource": [
    [api, "x-memory: { creates: roleGroup }", "x-memory: { creates: team }"],
    /x-memory/,
    resource("team"),
  ],
  "a refusal for an unknown resource": [
    [api, "x-memory: { creates: roleGroup }", "x-memory: { creates: roleGroup, refuses: { missing: { team: busy } } }"],
    /x-memory/,
    resource("team"),
  ],
  "a refusal by an unknown example": [
    [api, "x-memory: { creates: roleGroup }", "x-memory: { creates: roleGroup, refuses: { taken: nope } }"],
    /x-memory/,
    /^Unknown example `nope`: expected one of created, /,
  ],
  "a refusal of an unknown field": [
    [api, "x-memory: { creates: roleGroup }", "$&\n      x-refusals: { fields: { title: busy } }"],
    /x-refusals/,
    "Unknown field `title`: expected one of name.",
  ],
  "a created thing whose name no field has": [
    [api, "          x-attribute: roleGroup.name\n", ""],
    /x-memory/,
    "A field of the input of `addRoleGroup` must have `x-attribute: roleGroup.name`.",
  ],
  "a created thing whose id no field has": [
    [api, "          x-attribute: roleGroup.id\n", ""],
    /x-memory/,
    "The answer of `addRoleGroup` must have a field with `x-attribute: roleGroup.id`.",
  ],
  "an attribute that the operation cannot use": [
    [api, "x-attribute: roleGroup.name", "x-attribute: user.id"],
    /x-memory/,
    "The input of `addRoleGroup` must not have `user.id`: expected roleGroup.id, roleGroup.name.",
  ],
  "an unknown attribute": [
    [api, "x-attribute: roleGroup.name", "x-attribute: roleGroup.title"],
    /x-attribute: roleGroup.title/,
    "`x-attribute` must be a resource, a dot, and id or name, not `roleGroup.title`.",
  ],
  "an attribute of an unknown resource": [
    [api, "x-attribute: roleGroup.name", "x-attribute: team.name"],
    /x-attribute: team.name/,
    resource("team"),
  ],
  "a list without pages": [
    amid("x-proves-effect: [33011]", "x-memory: { lists: roleGroup }\n      x-proves-effect: [33011]"),
    /x-memory/,
    "`deleteTeam` lists, so it must have x-paging.",
  ],
  "a required field of an answer that the memory cannot fill": [
    amid("x-paging:", "x-memory: { lists: roleGroup }\n      x-paging:"),
    /id: \{ type: integer/,
    "`result.list.id` of the answer of `listTeams` must have `x-attribute`: the mock's memory fills it.",
  ],
  "a resource that nothing identifies": [
    [api, "    of: [role, user]\n", "    of: [role]\n"],
    /^ {2}member:/,
    identity("member"),
  ],
  "a resource of another API that belongs to one of this API": [
    [api, "  user:\n    id: given\n", "  user:\n    id: given\n    of: [role]\n"],
    /^ {2}user:/,
    identity("user"),
  ],
  "a resource of an unknown one": [
    [api, "    of: [roleGroup]\n", "    of: [team]\n"],
    /of: \[team\]/,
    resource("team"),
  ],
  "a new organization with an unknown field": [
    [api, "- { name: 职务, roles:", "- { name: 职务, role:"],
    /职务, role:/,
    "Unknown field `role`: expected name, isClosed, roles.",
  ],
  "a new organization with a thing that has no name": [
    [api, /- \{ name: 职务, .*/, "- {}"],
    /- \{\}/,
    "A roleGroup of a new organization must have a name.",
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
    "`getToken` must have named examples of a success and of a failure: the mock answers with them.",
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
    "The status of an answer must be 200, not 400: DingTalk answers everything with 200.",
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
  "common answers of paths that no operation has": [
    [api, "    /role/:\n", "    /roles/:\n"],
    /\/roles\/:/,
    "At least one path must begin with `/roles/`: nothing reads its answers.",
  ],
  "common answers without codes": [[api, / +errcodes: \[-1, 15.*\n/, ""], /^ {4}\/role\/:/, missing("errcodes")],
  "an unknown common errcode": [
    [api, "errcodes: [-1, 15", "errcodes: [-7, 15"],
    /operationId: addRoleGroup/,
    "`addRoleGroup` lists the unknown errcode -7: add it to error-codes.yaml.",
  ],
  "a common example that does not exist": [
    [api, /^( {8}busy: .*)busy' \}/m, "$1bussy' }"],
    /examples\/bussy/,
    "Can't resolve $ref",
  ],
  "a token field that the answer lacks": [
    [api, "value: access_token, lifetime", "value: accessToken, lifetime"],
    /value: accessToken/,
    "The answer of `getToken` must have the field `accessToken`.",
  ],
  "a token from an operation that needs one": [
    [api, "operation: getToken,", "operation: addRoleGroup,"],
    /operation: addRoleGroup,/,
    "`addRoleGroup` issues tokens, so it must not need a token: write `security: []`.",
  ],
  "a token from an operation without a secret": [
    [api, "            format: password\n", ""],
    /operation: getToken,/,
    "`getToken` issues tokens, so it must have two parameters: the app's key, and its secret with `format: password`.",
  ],
  "a block without an end": [[api, ", blockSeconds: 300 }", " }"], /ip: \{/, missing("blockSeconds")],
};

interface Problem {
  message: string;
  location: { source: { ref: string }; start: { line: number } }[];
}

const description = readFileSync(join(spec, api), "utf8");
const errorCodes = readFileSync(join(spec, codes), "utf8");
const whole: Record<string, string> = { [api]: description, [codes]: errorCodes };

const keep = (text: string, entries: RegExp, isKept: (entry: string, name: string) => boolean) =>
  text.replace(entries, (entry, name) => (isKept(entry, name) ? entry : ""));

/** The description with two operations, and with the components and the error codes that it names. */
const twoOperations = keep(description, /^ {2}(\/.*):\n(?: {4}.*\n|\n)*/gm, (path) =>
  /operationId: (addRoleGroup|getToken)\n/.test(path),
);
const shortDescription = keep(
  twoOperations,
  /^ {4}(\w+):\n(?: {6}.*\n|\n)*/gm,
  (_, name) => twoOperations.includes(`/${name}'`) || !description.includes(`/${name}'`),
);
const shortErrorCodes = keep(errorCodes, /^- code: (.*)\n(?: .*\n)*/gm, (_, code) =>
  new RegExp(`[ [']${code}[,\\]' ]`).test(`${shortDescription} 0,`),
);
const short: Record<string, string> = { [api]: shortDescription, [codes]: shortErrorCodes };

/** The skeletons of two operations, and the same with all places filled in. */
const skeleton = ["listGuests", "listVisitors"].reduce(addOperation, description);
const filledIn = skeleton
  .replaceAll("/TODO/", "/role/")
  .replaceAll("tags: [TODO]", "tags: [Role groups]")
  .replaceAll("x-app-types: [TODO]", "x-app-types: [internal]")
  .replaceAll("x-effect: TODO", "x-effect: safe")
  .replaceAll("x-errcodes: [TODO]", "x-errcodes: [-1, 40014]")
  .replaceAll("type: TODO", "type: string")
  .replaceAll("{ grade: TODO, source: TODO }", "{ grade: inferred, source: javaSdk }")
  .replaceAll("TODO", "text");

let reports: { problems: Problem[] }[];
const folderOf = (title: string) => title.replaceAll(/\W+/g, "-");

/** Runs Redocly once over all broken copies: its start takes longer than a lint. */
beforeAll(() => {
  for (const [title, [edit]] of Object.entries(faults)) breakCopy(folderOf(title), edit);
  breakCopy("skeleton", [api, description, verbatim(skeleton)], whole);
  breakCopy("filled-in", [api, description, verbatim(filledIn)], whole);
  breakCopy("imagined", insert(imaginedOperations), whole);
  const files = [...Object.keys(faults).map(folderOf), "skeleton", "filled-in", "imagined"].map((name) =>
    join(name, api),
  );
  const args = [
    "lint",
    "--config",
    join(spec, "redocly.yaml"),
    "--format=json",
    "--skip-rule=no-unused-components",
    ...files,
  ];
  const { stdout, stderr } = spawnSync("redocly", args, { cwd: folder, encoding: "utf8", maxBuffer: Infinity });
  reports = stdout.split(/(?<=^\})(?=\{)/m).map((report) => JSON.parse(report));
  expect(reports.length, stderr).toBe(files.length);
}, 60_000);

/** Makes a copy with one edit. Faults are made in a short description: a lint of all operations takes three times as long. */
function breakCopy(name: string, [edited, from, to]: Edit, files = short) {
  mkdirSync(join(folder, name));
  const text = files[edited] as string;
  const broken = text.replace(from, to);
  expect(broken, `${edited} must contain ${from}`).not.toBe(text);
  for (const [file, content] of Object.entries({ ...files, [edited]: broken }))
    writeFileSync(join(folder, name, file), content);
}

test("lint names each line of two new operations' skeletons that is not filled in, and no other fault is left then", () => {
  const [problems, rest] = reports.slice(-3).map((report) => report.problems);
  const found = problems
    ?.filter(({ message }) => message === "Replace TODO.")
    .map(({ location: [at] }) => at?.start.line);
  const lines = skeleton.split("\n").flatMap((line, index) => (line.includes("TODO") ? [index + 1] : []));
  expect([...new Set(found)].toSorted((a, b) => Number(a) - Number(b))).toEqual(lines);
  expect(rest).toEqual([]);
});

test("operations with lists, paging, batches and proofs have no fault", () => {
  expect(reports.at(-1)?.problems).toEqual([]);
});

test.each(["List", "list-roles", "", "addRoleGroup"])("a new operation is not named `%s`", (name) => {
  expect(() => addOperation(skeleton, name)).toThrow(/^the name of an operation must be .*, not `.*`/);
});

test.each(Object.entries(faults))("%s is refused, with its line and a reason", (title, [[file], at, words]) => {
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
