import { expect, test } from "vitest";
import { type Operation, readDescription, toDescription } from "./description.ts";
import type { Document, OpenApiOperation } from "./document.ts";

const description = readDescription();
const operationOf = (id: string) => description.operations.find((each) => each.id === id) as Operation;

test("an operation with a form", () => {
  expect(operationOf("addRoleGroup")).toMatchObject({
    method: "POST",
    path: "/role/add_role_group",
    tag: "Role groups",
    summary: "Create a role group",
    effect: "neither",
    needsToken: true,
    appTypes: ["internal"],
    permissions: { qyapi_manage_addresslist: "Contacts data management" },
    query: [],
    form: [{ name: "name", type: "string", isRequired: true, isSecret: false, minLength: 1, example: "Manufacturing" }],
    result: [{ name: "groupId", type: "integer", format: "int64", isRequired: true, example: 1560985325 }],
    inputExamples: { manufacturing: { value: { name: "Manufacturing" } } },
    examples: { created: { mediaType: "application/json", value: { errcode: 0, groupId: 1560985325, errmsg: "ok" } } },
    success: "created",
    refusals: { wrongMethod: "postRequired", invalidInput: "parameterError" },
  });
});

test("an operation with a query, without a token, and with its own refusals", () => {
  expect(operationOf("getToken")).toMatchObject({
    method: "GET",
    effect: "idempotent",
    needsToken: false,
    query: [
      { name: "appkey", isRequired: true, isSecret: false, aliases: ["corpid"], example: "dingxxxx" },
      { name: "appsecret", isRequired: true, isSecret: true, aliases: ["corpsecret"], example: "xxxx" },
    ],
    form: undefined,
    result: [{ name: "access_token" }, { name: "expires_in" }],
    inputExamples: { example: { value: { appkey: "dingxxxx", appsecret: "xxxx" } } },
    refusals: { wrongMethod: "getRequired", invalidInput: "missingParameter", rateLimited: "rateLimited" },
  });
});

test("an operation has the common answers of its path, after its own, and with its own permission", () => {
  const { examples, errcodes } = operationOf("addRoleGroup");
  expect(Object.keys(examples).slice(0, 2)).toEqual(["created", "invalidToken"]);
  expect(examples.noPermission?.value).toMatchObject({
    sub_msg: expect.stringContaining("[qyapi_manage_addresslist]"),
  });
  expect(errcodes.map(({ code }) => code)).toContain(90018);
  expect(operationOf("getToken").examples).not.toHaveProperty("noPermission");
});

test("an operation lists its error codes, with their data", () => {
  const codes = operationOf("getToken").errcodes;
  expect(codes.map(({ code }) => code)).toEqual([-1, 88, 40001, 40035, 40089, 40096, 60020, 90002, 90018]);
  expect(codes[0]).toMatchObject({ class: "busy", evidence: "documented", outcome: "unknown" });
  expect(description.errorCodes.length).toBeGreaterThan(codes.length);
});

test("one claim or several are a list, and name their sources", () => {
  const groupId = operationOf("addRoleGroup").result[0];
  expect(groupId?.evidence).toMatchObject([{ grade: "documented" }, { grade: "inferred", of: "format" }]);
  expect(operationOf("getToken").examples.issued?.evidence).toMatchObject([{ grade: "documented" }]);
  for (const { source } of groupId?.evidence ?? []) expect(description.sources).toHaveProperty(source);
});

test("the token, the gateway and the servers", () => {
  expect(description.token).toMatchObject({ parameter: "access_token", value: "access_token", lifetime: "expires_in" });
  expect(description.token.issuedBy).toBe(operationOf("getToken"));
  expect(description.gateway).toMatchObject({
    examples: { ipBlockedPage: { mediaType: "text/html" }, missingToken: { value: { errcode: 41001 } } },
    refusals: { wrongMethod: "postRequired" },
    accepts: ["jsonBody", "tokenInForm"],
    limits: { app: { calls: 20, seconds: 1 } },
  });
  expect(description.servers[0]).toEqual({
    region: "international",
    title: "International",
    url: "https://oapi.dingtalk.io",
  });
});

test("input examples of a query and a form are complete, and nested fields are read at any depth", () => {
  const { query, form, result, inputExamples } = toDescription(documentWith(nested)).operations[0] ?? {};
  expect(query).toMatchObject([{ name: "page", example: 7 }]);
  expect(form).toMatchObject([
    { name: "size", isRequired: false, default: 20, minimum: 1, maximum: 200 },
    { name: "offset", example: 0, default: 0 },
    { name: "ids", isRequired: true, type: "array", items: { type: "integer" } },
    { name: "userIds", type: "array" },
  ]);
  expect(result).toMatchObject([
    {
      name: "result",
      fields: [
        { name: "list", items: { type: "object", fields: [{ name: "id", isRequired: true, isDeprecated: true }] } },
        { name: "hasMore", type: "boolean", isNullable: false },
      ],
    },
    { name: "roles", type: "array", isNullable: true, isRequired: false },
  ]);
  expect(inputExamples?.two?.value).toEqual({ page: 7, ids: [1, 2] });
});

test("a list in a form has its limits and the word that leaves it out", () => {
  const { form = [] } = toDescription(documentWith(nested)).operations[0] ?? {};
  expect(form[2]).toMatchObject({ minItems: 1, maxItems: 20, uniqueItems: true });
  expect(form[2]).not.toHaveProperty("omitted");
  expect(form[3]).toMatchObject({ items: { type: "string", minLength: 1, pattern: "^[^,]+$" }, omitted: "all" });
});

test("resources, what an operation does to them, and which fields hold their attributes", () => {
  const { operations, resources } = toDescription(documentWith(nested));
  expect(resources.role).toEqual({ id: "new", of: ["team"], has: [], start: ["Owner"], evidence: [] });
  expect(resources.team).toMatchObject({ of: [], evidence: [{ grade: "inferred", source: "page" }] });
  expect(operations[0]?.memory).toEqual({
    verb: "lists",
    resource: "role",
    refuses: { "missing.team": "busy", held: "busy" },
  });
  expect(operations[0]?.result[0]?.fields?.[0]?.items?.fields?.[0]).toMatchObject({ attribute: "role.id" });
  expect(operationOf("getToken")).not.toHaveProperty("memory");
});

test("an invalid field can have a refusal of its own", () => {
  const [operation] = toDescription(documentWith(nested)).operations;
  expect(operation).toMatchObject({ refusals: { invalidInput: "busy" }, refusedFields: { size: "busy" } });
  expect(operation?.refusals).not.toHaveProperty("fields");
});

test("the codes and the answers that similar operations have, too, but not for the operation without a token", () => {
  const { common, errcodes, examples } = operationOf("addRoleGroup");
  expect(common.errcodes).toContain(40014);
  expect(errcodes.map(({ code }) => code)).toEqual(expect.arrayContaining([...common.errcodes]));
  expect(common.examples).toContain("invalidToken");
  expect(Object.keys(examples)).toEqual(expect.arrayContaining([...common.examples]));
  expect(operationOf("getToken").common).toEqual({ errcodes: [], examples: [] });
});

test("paging, batches and codes that prove an effect", () => {
  const [operation] = toDescription(documentWith(nested)).operations;
  expect(operation?.paging).toEqual({
    offset: "offset",
    size: "size",
    maximum: 200,
    items: ["result", "list"],
    more: ["result", "hasMore"],
  });
  expect(operation).toMatchObject({ batches: ["ids"], provesEffect: [33011] });
  expect(operationOf("addRoleGroup")).toMatchObject({ batches: [], provesEffect: [] });
  expect(operationOf("addRoleGroup")).not.toHaveProperty("paging");
});

test("the errcode of a success is 0, or 0 as a number or a string, and a request_id is not a part of the result", () => {
  const { answers, success, result = [] } = toDescription(documentWith(nested)).operations[0] ?? {};
  expect(answers?.[1]?.fields?.[0]).toMatchObject({
    name: "errcode",
    type: "integer",
    isNullable: false,
    enum: [0, "0"],
  });
  expect(success).toBe("given");
  expect(result.map(({ name }) => name)).toEqual(["result", "roles"]);
});

const integer = { type: "integer" } as const;
const role = {
  type: "object",
  required: ["id"],
  properties: { id: { ...integer, deprecated: true, "x-attribute": "role.id" } },
} as const;
const list = { type: "array", minItems: 1, maxItems: 20, uniqueItems: true } as const;

const nested: OpenApiOperation = {
  operationId: "giveRoles",
  tags: ["Roles"],
  summary: "Give roles",
  parameters: [{ name: "page", schema: integer, example: 7 }],
  requestBody: {
    content: {
      "application/x-www-form-urlencoded": {
        schema: {
          type: "object",
          required: ["ids"],
          properties: {
            size: { ...integer, minimum: 1, maximum: 200, default: 20 },
            offset: { ...integer, example: 0, default: 0 },
            ids: { ...list, items: integer },
            userIds: { ...list, items: { type: "string", minLength: 1, pattern: "^[^,]+$" }, "x-omitted": "all" },
          },
        },
        examples: { two: { summary: "Two roles", value: { ids: [1, 2] } } },
      },
    },
  },
  responses: {
    200: {
      content: {
        "application/json": {
          schema: {
            type: "object",
            oneOf: [
              { type: "object", properties: { errcode: integer } },
              {
                type: "object",
                properties: {
                  errcode: {
                    anyOf: [
                      { ...integer, const: 0 },
                      { type: "string", const: "0" },
                    ],
                  },
                  errmsg: { type: "string" },
                  request_id: { type: "string" },
                  result: {
                    type: "object",
                    properties: { list: { type: "array", items: role }, hasMore: { type: "boolean" } },
                  },
                  roles: { type: ["array", "null"], items: integer },
                },
              },
            ],
          },
          examples: {
            busy: { summary: "Busy", value: { errcode: -1 } },
            given: { summary: "Given", value: { errcode: "0" } },
          },
        },
      },
    },
  },
  "x-app-types": [],
  "x-effect": "idempotent",
  "x-errcodes": [],
  "x-permissions": {},
  "x-paging": { offset: "offset", size: "size", items: "result.list", more: "result.hasMore" },
  "x-batches": ["ids"],
  "x-proves-effect": [33011],
  "x-memory": { lists: "role", refuses: { missing: { team: "busy" }, held: "busy" } },
  "x-refusals": { invalidInput: "busy", fields: { size: "busy" } },
};

function documentWith(operation: OpenApiOperation): Document {
  const document: Document = {
    info: { title: "Roles", summary: "Roles.", version: "1.0.0" },
    servers: [],
    tags: [],
    security: [],
    paths: { "/role/give": { post: operation } },
    components: { securitySchemes: { token: { name: "token" } } },
    "x-error-codes": [],
    "x-gateway": {
      answer: { content: {} },
      refusals: description.gateway.refusals,
      limits: description.gateway.limits,
      token: { operation: "giveRoles", value: "token", lifetime: "seconds" },
    },
    "x-sources": {},
    "x-resources": {
      role: { id: "new", of: ["team"], start: ["Owner"] },
      team: { id: "new", "x-evidence": { grade: "inferred", source: "page" } },
    },
  };
  return document;
}
