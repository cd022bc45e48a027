/** Operations that the description lacks. Together they have everything that a template must write and read. */
import type { Field, Operation, Schema } from "@dingrole/spec";

const schema = (type: Schema["type"], more: Partial<Schema> = {}): Schema => ({
  type,
  description: "",
  isDeprecated: false,
  isNullable: false,
  isSecret: false,
  evidence: [],
  ...more,
});

function field(name: string, type: Schema["type"], more: Partial<Field> = {}): Field {
  return { ...schema(type), name, isRequired: true, aliases: [], ...more };
}

const example = (value: Record<string, unknown>) => ({
  example: { summary: "", mediaType: "application/x-www-form-urlencoded", value, evidence: [] },
});

const base = {
  tag: "Wild",
  summary: "",
  description: "",
  evidence: [],
  appTypes: [],
  permissions: {},
  answers: [],
  examples: {},
  success: "",
  errcodes: [],
  batches: [],
  provesEffect: [],
  refusals: {} as Operation["refusals"],
  refusedFields: {},
  common: { errcodes: [], examples: [] },
};

/** Fields of every type, in the query, in a form and in the answer. */
const wildOperation: Operation = {
  ...base,
  id: "callWild",
  method: "POST",
  path: "/topapi/wild/removerolesforemps",
  effect: "neither",
  needsToken: true,
  query: [field("page", "integer"), field("place", "string")],
  form: [
    field("text", "string"),
    field("size", "integer"),
    field("isFirst", "boolean"),
    field("role-id.x", "string"),
    field("list", "array", { items: schema("string") }),
    field("ids", "array", { items: schema("integer") }),
    field("note", "string", { isRequired: false }),
    field("notes", "array", { items: schema("string"), isRequired: false }),
  ],
  inputExamples: example({
    page: 2,
    place: "é\n\u2028",
    text: `"double" 'single' \\n \\ $dollar \${x} #{y} %41 %s {0} \`tick\` @at & + = 制造部 😀\nline\ttab`,
    size: -20,
    isFirst: false,
    "role-id.x": "@a,b",
    list: ["制造部", "$x", "a b"],
    ids: [4956354843],
  }),
  result: [
    field("request_id", "string", { isRequired: false }),
    field("result", "object"),
    field("list", "array"),
    field("count", "integer", { format: "int64" }),
    field("isLast", "boolean"),
    field("errname", "string"),
    field("empty", "string"),
    field("absent", "array", { isRequired: false }),
  ],
};

const wildAnswer = {
  errcode: 0,
  request_id: "16l4",
  result: { hasMore: true, list: [{ name: 'a "b" {c}', id: 1507113577, roles: [] }] },
  list: [],
  count: 1507113577,
  isLast: false,
  errname: "a \\ b / c",
  empty: "",
  errmsg: "ok",
};

/** A long path, several fields, and a list of rows in the result, like DingTalk's operations for roles. */
export const longOperation: Operation = {
  ...base,
  id: "listWildMembersOfRoles",
  method: "POST",
  path: "/topapi/wild/listmembersofroles",
  effect: "safe",
  needsToken: true,
  query: [],
  form: [
    field("role_ids", "array", { items: schema("integer") }),
    field("size", "integer"),
    field("offset", "integer", { isRequired: false }),
  ],
  paging: { offset: "offset", size: "size", maximum: 100, items: ["result", "list"], more: ["result", "hasMore"] },
  inputExamples: example({ role_ids: [1507113578, 1507113580], size: 20, offset: 0 }),
  result: [
    field("result", "object", {
      fields: [
        field("hasMore", "boolean"),
        field("list", "array", {
          items: schema("object", {
            fields: [
              field("userid", "string"),
              field("manageScopes", "array", { isRequired: false }),
              field("name", "string", { isRequired: false }),
            ],
          }),
        }),
      ],
    }),
  ],
};

const longAnswer = {
  errcode: 0,
  request_id: "f6249uw1kuus",
  result: {
    hasMore: false,
    list: [
      { userid: "manager4220", name: "小钉", manageScopes: [{ dept_id: 11 }] },
      { userid: "user 1", name: "b", manageScopes: null },
    ],
  },
};

/** A result that may be absent, with a list that may be null. */
const optionalOperation: Operation = {
  ...base,
  method: "POST",
  path: "/topapi/wild/getrolegroup",
  effect: "safe",
  needsToken: true,
  query: [],
  id: "getWildRoleGroup",
  form: [field("group_id", "integer")],
  inputExamples: example({ group_id: 1507113577 }),
  result: [
    field("role_group", "object", {
      isRequired: false,
      fields: [
        field("group_name", "string"),
        field("roles", "array", {
          isRequired: false,
          isNullable: true,
          items: schema("object", { fields: [field("role_id", "integer"), field("role_name", "string")] }),
        }),
      ],
    }),
  ],
};

const optionalAnswer = { errcode: "0", role_group: { group_name: "默认", roles: null } };

/** An object without a list. */
const objectOperation: Operation = {
  ...optionalOperation,
  id: "getWildRole",
  path: "/topapi/wild/getrole",
  form: [],
  inputExamples: example({}),
  result: [field("role", "object", { fields: [field("groupId", "integer"), field("name", "string")] })],
};

const objectAnswer = { errcode: 0, role: { groupId: 1507113577, name: "负责人" } };

/** Without an input and without a result. */
const plainOperation: Operation = {
  ...base,
  id: "callPlain",
  method: "POST",
  path: "/plain",
  effect: "idempotent",
  needsToken: false,
  query: [],
  form: [field("note", "string", { isRequired: false })],
  inputExamples: example({}),
  result: [],
};

/** The answer to each of these operations. */
export const wildAnswers = new Map<Operation, Record<string, unknown>>([
  [wildOperation, wildAnswer],
  [longOperation, longAnswer],
  [optionalOperation, optionalAnswer],
  [objectOperation, objectAnswer],
  [plainOperation, { errcode: 0 }],
]);
