/** Operations that the description lacks. Together they have everything that a template must write and read. */
import type { Field, Operation, Schema } from "@dingrole/spec";

function field(name: string, type: Schema["type"], more: Partial<Field> = {}): Field {
  return {
    name,
    type,
    description: "",
    isDeprecated: false,
    isNullable: false,
    isSecret: false,
    isRequired: true,
    aliases: [],
    evidence: [],
    ...more,
  };
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
};

/** Fields of every type, in the query, in a form and in the answer. */
export const wildOperation: Operation = {
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
    field("note", "string", { isRequired: false }),
  ],
  inputExamples: example({
    page: 2,
    place: "é\n\u2028",
    text: `"double" 'single' \\n \\ $dollar \${x} #{y} %41 %s {0} \`tick\` @at & + = 制造部 😀\nline\ttab`,
    size: -20,
    isFirst: false,
    "role-id.x": "@a,b",
  }),
  result: [
    field("request_id", "string", { isRequired: false }),
    field("result", "object"),
    field("list", "array"),
    field("count", "integer", { format: "int64" }),
    field("isLast", "boolean"),
    field("errname", "string"),
    field("absent", "array", { isRequired: false }),
  ],
};

export const wildAnswer = {
  errcode: 0,
  request_id: "16l4",
  result: { hasMore: true, list: [{ name: 'a "b" {c}', id: 1507113577, roles: [] }] },
  list: [],
  count: 1507113577,
  isLast: false,
  errname: "a \\ b / c",
  errmsg: "ok",
};

/** A long path, several fields and a nested result, like DingTalk's operations for roles. */
export const longOperation: Operation = {
  ...base,
  id: "removeRolesForMembers",
  method: "POST",
  path: "/topapi/role/removerolesforemps",
  effect: "safe",
  needsToken: true,
  query: [],
  form: [field("role_ids", "string"), field("size", "integer"), field("offset", "integer", { isRequired: false })],
  inputExamples: example({ role_ids: "1507113578,1507113580", size: 20, offset: 0 }),
  result: [field("request_id", "string", { isRequired: false }), field("result", "object")],
};

export const longAnswer = {
  errcode: 0,
  request_id: "f6249uw1kuus",
  result: { hasMore: false, list: [{ userid: "manager4220", name: "小钉", manageScopes: [{ dept_id: 11 }] }] },
};

/** Without an input and without a result. */
export const plainOperation: Operation = {
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
