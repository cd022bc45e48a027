/** The `x-` fields of the description: their types, which Redocly's own rule `struct` checks, and their words. */

export const grades = ["documented", "observed", "inferred"];

const classes = [
  "success",
  "wrapper",
  "token",
  "credentials",
  "permission",
  "ip-allowlist",
  "rate-limit",
  "quota",
  "invalid-request",
  "busy",
  "other",
];

/** The effects of a call on the organization's data, in the words of RFC 9110, section 9.2. */
export const effects = {
  safe: "safe to repeat: the call only reads",
  idempotent: "idempotent: safe to repeat, because a repeat changes nothing more",
  neither: "neither safe nor idempotent: not safe to repeat, because a repeat can create a second thing, or fail",
};

/** The reasons why the gateway refuses a call, before an operation sees it. */
const refusals = [
  "unknownPath",
  "wrongMethod",
  "missingToken",
  "invalidToken",
  "expiredToken",
  "invalidInput",
  "rateLimited",
  "ipBlocked",
];

const text = { type: "string", minLength: 1 };

const evidence = (value) => (Array.isArray(value) ? "EvidenceList" : "Evidence");

/** The effects of an operation on the things of a resource. */
export const verbs = ["creates", "reads", "lists", "updates", "deletes"];

/** The names of app types in descriptions. */
export const appTypes = { internal: "internal app", "third-party": "third-party app" };

const refusalExamples = Object.fromEntries(refusals.map((each) => [each, text]));

/** The shapes of the `x-` fields. Redocly's own rule `struct` checks them. */
const extensionTypes = {
  Evidence: {
    properties: { grade: { enum: grades }, source: text, of: { isExample: true }, note: text },
    required: ["grade", "source"],
  },
  EvidenceList: { properties: {}, items: "Evidence" },
  ErrorCode: {
    properties: {
      code: { type: "integer" },
      class: { enum: classes },
      evidence: { enum: grades },
      meaning: text,
      keywords: { type: "array", items: text },
      action: text,
      outcome: { enum: ["unknown"] },
      retry: { enum: ["new-token", "next-second", "back-off"] },
      note: text,
    },
    required: ["code", "class", "evidence", "meaning", "keywords", "action"],
  },
  ErrorCodes: { properties: {}, items: "ErrorCode" },
  Source: { properties: { title: text, url: text }, required: ["title"] },
  Sources: { properties: {}, additionalProperties: "Source" },
  Gateway: {
    properties: {
      answer: "Response",
      refusals: "Refusals",
      common: "CommonAnswers",
      accepts: { type: "array", items: { enum: ["jsonBody", "tokenInForm"] } },
      token: "TokenIssue",
      limits: "Limits",
      "x-evidence": "EvidenceList",
    },
    required: ["answer", "refusals", "token", "limits", "x-evidence"],
  },
  Refusals: { properties: refusalExamples, required: refusals },
  OwnRefusals: { properties: { ...refusalExamples, fields: "FieldRefusals" } },
  FieldRefusals: { properties: {}, additionalProperties: text },
  CommonAnswers: { properties: {}, additionalProperties: "CommonAnswer" },
  CommonAnswer: {
    properties: {
      errcodes: { type: "array", items: { type: "integer" } },
      refusals: "OwnRefusals",
      examples: "ExamplesMap",
    },
    required: ["errcodes", "examples"],
  },
  Permissions: { properties: {}, additionalProperties: text },
  Paging: {
    properties: { offset: text, size: text, items: text, more: text },
    required: ["offset", "size", "items", "more"],
  },
  Resources: { properties: {}, additionalProperties: "Resource" },
  Resource: {
    properties: {
      id: { enum: ["new", "given"] },
      of: { type: "array", items: text },
      has: { type: "array", items: text },
      start: { isExample: true },
      "x-evidence": evidence,
    },
    required: ["x-evidence"],
  },
  Memory: {
    properties: { ...Object.fromEntries(verbs.map((verb) => [verb, text])), refuses: "MemoryRefusals" },
  },
  MemoryRefusals: { properties: { taken: text, held: text, closed: text, missing: "FieldRefusals" } },
  TokenIssue: {
    properties: { operation: text, value: text, lifetime: text },
    required: ["operation", "value", "lifetime"],
  },
  Limits: { properties: { app: "Limit", ip: "IpLimit" }, required: ["app", "ip"] },
  Limit: {
    properties: { calls: { type: "integer" }, seconds: { type: "integer" } },
    required: ["calls", "seconds"],
  },
  IpLimit: {
    properties: { calls: { type: "integer" }, seconds: { type: "integer" }, blockSeconds: { type: "integer" } },
    required: ["calls", "seconds", "blockSeconds"],
  },
};

/** Redocly's OpenAPI types, with the `x-` fields. */
export function withExtensions(types) {
  const extended = { ...types, ...extensionTypes };
  const extend = (name, properties, required = []) => {
    const type = extended[name];
    // Redocly's own `required` can be a function of the node.
    const own = (...node) => (typeof type.required === "function" ? type.required(...node) : type.required) ?? [];
    extended[name] = {
      ...type,
      properties: { ...type.properties, ...properties },
      required: (...node) => [...own(...node), ...required],
    };
  };
  for (const name of ["Server", "Operation", "Parameter", "SecurityScheme", "Schema", "Example"])
    extend(name, { "x-evidence": evidence });
  extend(
    "Root",
    { "x-error-codes": "ErrorCodes", "x-sources": "Sources", "x-gateway": "Gateway", "x-resources": "Resources" },
    ["tags", "x-error-codes", "x-sources", "x-gateway", "x-resources"],
  );
  extend(
    "Operation",
    {
      "x-app-types": { type: "array", items: { enum: Object.keys(appTypes) } },
      "x-effect": { enum: Object.keys(effects) },
      "x-errcodes": { type: "array", items: { type: "integer" } },
      "x-permissions": "Permissions",
      "x-paging": "Paging",
      "x-batches": { type: "array", items: text },
      "x-proves-effect": { type: "array", items: { type: "integer" } },
      "x-memory": "Memory",
      "x-refusals": "OwnRefusals",
    },
    ["x-app-types", "x-effect", "x-errcodes", "x-permissions"],
  );
  extend("Schema", { "x-omitted": text, "x-attribute": text });
  extend("Parameter", { "x-aliases": { type: "array", items: text } }, ["schema"]);
  extend("MediaType", {}, ["schema", "examples"]);
  extend("Example", {}, ["summary", "value"]);
  return extended;
}

/** Refuses unknown `x-` fields: nothing would read a misspelled one. */
export function extensionsRule() {
  return {
    any(node, { report, location, type }) {
      for (const key of Object.keys(node ?? {}))
        if (key.startsWith("x-") && !Object.hasOwn(type.properties, key))
          report({ message: `Unknown field \`${key}\`: nothing reads it here.`, location: location.child(key).key() });
    },
  };
}
