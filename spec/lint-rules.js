/**
 * Lint rules of this description, as a Redocly plugin: every fact says how well it is known, and operations and error codes
 * have the shape that everything made from them relies on.
 */
const grades = ["documented", "observed", "inferred"];

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

/** Why a gateway refuses a call before an operation sees it. */
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

/** The shapes of the `x-` fields, which Redocly's own `struct` rule then checks. */
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
      token: "TokenIssue",
      limits: "Limits",
      "x-evidence": "EvidenceList",
    },
    required: ["answer", "refusals", "token", "limits", "x-evidence"],
  },
  Refusals: { properties: Object.fromEntries(refusals.map((each) => [each, text])) },
  TokenIssue: {
    properties: { operation: text, value: text, lifetime: text },
    required: ["operation", "value", "lifetime"],
  },
  Limits: { properties: { app: "Limit", ip: "Limit" }, required: ["app", "ip"] },
  Limit: {
    properties: { calls: { type: "integer" }, seconds: { type: "integer" }, blockSeconds: { type: "integer" } },
    required: ["calls", "seconds"],
  },
};

const evidence = (value) => (Array.isArray(value) ? "EvidenceList" : "Evidence");

function withExtensions(types) {
  const extended = { ...types, ...extensionTypes };
  for (const name of ["Server", "Operation", "Parameter", "SecurityScheme", "Schema", "Example"])
    extended[name] = { ...types[name], properties: { ...types[name].properties, "x-evidence": evidence } };
  extended.Root = {
    ...types.Root,
    properties: {
      ...types.Root.properties,
      "x-error-codes": "ErrorCodes",
      "x-sources": "Sources",
      "x-gateway": "Gateway",
    },
  };
  extended.Operation.properties["x-refusals"] = "Refusals";
  return extended;
}

/** Every server, operation, parameter, security scheme, property and example has `x-evidence` that names a known source. */
function evidenceRule() {
  let sources = {};
  const hasEvidence =
    (kind) =>
    (node, { report, location, key }) => {
      if (node["x-evidence"] === undefined)
        report({
          message: `The ${kind} \`${node.operationId ?? node.name ?? node.url ?? key}\` has no x-evidence: say how well it is known, as { grade: ${grades.join(" | ")}, source }.`,
          location: location.key(),
        });
    };
  return {
    Root(root) {
      sources = root["x-sources"] ?? {};
    },
    Server: hasEvidence("server"),
    Operation: hasEvidence("operation"),
    Parameter: hasEvidence("parameter"),
    SecurityScheme: hasEvidence("security scheme"),
    Example: hasEvidence("example"),
    SchemaProperties(properties, { report, resolve, location }) {
      for (const [name, schema] of Object.entries(properties))
        hasEvidence("property")(
          { ...resolve(schema).node, ...schema, name },
          { report, location: location.child([name]) },
        );
    },
    Evidence({ source }, { report, location }) {
      if (!Object.hasOwn(sources, source))
        report({
          message: `\`${source}\` is not in x-sources: add it there, or use one of ${Object.keys(sources).join(", ")}.`,
          location: location.child(["source"]),
        });
    },
  };
}

/**
 * The codes are unique and ascend, so that a new one has one place to go and a diff shows only it. The codes that an
 * operation lists in x-errcodes are among them.
 */
function errorCodesRule() {
  const known = new Set();
  return {
    Root(root, { report, resolve }) {
      for (const { code } of resolve(root["x-error-codes"] ?? []).node ?? []) known.add(code);
      if (known.size === 0) report({ message: "x-error-codes has no codes: it is a $ref to error-codes.yaml." });
    },
    Operation({ operationId, "x-errcodes": listed = [] }, { report, location }) {
      for (const code of listed)
        if (!known.has(code))
          report({
            message: `\`${operationId}\` lists the errcode ${code}, which error-codes.yaml lacks.`,
            location: location.child(["x-errcodes"]),
          });
    },
    ErrorCodes(codes, { report, location }) {
      codes.forEach(({ code, keywords }, index) => {
        if (index > 0 && code <= codes[index - 1].code)
          report({
            message: `Error code ${code} comes after ${codes[index - 1].code}: keep the codes unique and ascending.`,
            location: location.child([index, "code"]),
          });
        if (Array.isArray(keywords))
          checkKeywords(code, keywords, { report, location: location.child([index, "keywords"]) });
      });
    },
  };
}

/** A sentence would be DingTalk's own. */
const keyword = /^[\p{Script=Han}a-z]{1,8}$/iu;

function checkKeywords(code, keywords, { report, location }) {
  const isChinese = keywords.some((each) => /\p{Script=Han}/u.test(each));
  if (isChinese && keywords.every((each) => keyword.test(each)) && new Set(keywords).size === keywords.length) return;
  report({
    message: `The keywords of error code ${code} must be different words of at most 8 letters, one of them Chinese, not [${keywords.join(", ")}].`,
    location,
  });
}

/** The example of each refusal, and the operation that issues tokens, are there. */
function gatewayRule() {
  let common = [];
  const operations = [];
  const examplesOf = (response) => Object.values(response?.content ?? {}).flatMap((each) => Object.keys(each.examples));
  const check = (refusals, names, { report, location }, ...at) => {
    for (const [refusal, name] of Object.entries(refusals ?? {}))
      if (!names.includes(name))
        report({
          message: `No example is named \`${name}\`: use one of ${names.join(", ")}.`,
          location: location.child([...at, refusal]),
        });
  };
  return {
    Root: {
      enter({ "x-gateway": gateway }, context) {
        common = examplesOf(context.resolve(gateway?.answer ?? {}).node);
        check(gateway?.refusals, common, context, "x-gateway", "refusals");
      },
      leave({ "x-gateway": gateway }, { report, location }) {
        if (gateway && !operations.includes(gateway.token?.operation))
          report({
            message: `No operation is named \`${gateway.token?.operation}\`: use one of ${operations.join(", ")}.`,
            location: location.child(["x-gateway", "token", "operation"]),
          });
      },
    },
    Operation({ operationId, "x-refusals": refusals, responses }, context) {
      operations.push(operationId);
      check(refusals, [...examplesOf(responses?.["200"]), ...common], context, "x-refusals");
    },
  };
}

/** What everything made from an operation relies on: whoever breaks it learns of it here, and where. */
function conventionsRule() {
  let credentials = [];
  return {
    Root({ components }) {
      credentials = Object.values(components?.securitySchemes ?? {}).map(({ name }) => name);
    },
    Server: ({ description }, { report, location }) => {
      if (!/^[A-Za-z]+$/.test(description))
        report({ message: "A server's description is one word: the client's `region`.", location });
    },
    PathItem: ({ parameters, summary, description }, { report, location }) => {
      if (parameters ?? summary ?? description)
        report({
          message: "Write parameters, summary and description in the operation: it is all that is read.",
          location,
        });
    },
    Parameter: ({ name, in: where }, { report, location }) => {
      if (where !== "query")
        report({ message: `\`${name}\` is in the ${where}: the client knows the query and a form.`, location });
    },
    Operation(operation, { report, resolve, location, key }) {
      const { operationId: id, tags, requestBody, responses } = operation;
      if (!/^[a-z][A-Za-z0-9]*$/.test(id) || id in Object.prototype || id === "then")
        report({
          message: `\`${id}\` is no name for a method: use camelCase, verb first.`,
          location: location.child("operationId"),
        });
      if (tags?.length !== 1) report({ message: `\`${id}\` has ${tags?.length ?? 0} tags: give it one.`, location });

      const media = Object.keys(requestBody?.content ?? {});
      if (requestBody && (requestBody.required !== true || key === "get"))
        report({
          message: `The body of \`${id}\` is one of a POST, and \`required: true\`.`,
          location: location.child("requestBody"),
        });
      if (requestBody && String(media) !== "application/x-www-form-urlencoded")
        report({
          message: `\`${id}\` takes ${media.join(", ")}: the client sends a form.`,
          location: location.child("requestBody"),
        });
      const body = resolve(requestBody?.content?.[media[0]]?.schema ?? {}).node;
      const inQuery = (operation.parameters ?? []).map((each) => resolve(each).node?.name);
      for (const name of [...inQuery, ...Object.keys(body?.properties ?? {})])
        if (credentials.includes(name) || (inQuery.includes(name) && name in (body?.properties ?? {})))
          report({
            message: `\`${name}\` of \`${id}\` is in two places: the query, and the body or the security scheme.`,
            location,
          });
      for (const [name, field] of Object.entries(body?.properties ?? {}))
        if (["array", "object"].includes(resolve(field).node?.type))
          report({ message: `\`${name}\` of \`${id}\` is no text, number or boolean: a form has no other.`, location });

      const answer = responses?.["200"]?.content?.["application/json"];
      const success = (answer?.schema?.oneOf ?? []).map((each) => resolve(each).node);
      const at = location.child("responses");
      if (!success.some((each) => each?.properties?.errcode?.const === 0))
        report({
          message: `\`${id}\` has no success: the 200 answer is a \`oneOf\` of ErrorEnvelope and a schema whose \`errcode\` is \`const: 0\`.`,
          location: at,
        });
      const examples = Object.values(answer?.examples ?? {}).map((each) => resolve(each).node?.value?.errcode);
      if (!examples.includes(0) || examples.every((errcode) => errcode === 0))
        report({
          message: `\`${id}\` needs named examples of a success and of a failure: the mock answers with them.`,
          location: at,
        });
    },
    MediaType({ example }, { report, location }) {
      if (example !== undefined)
        report({
          message: "Use `examples`, with a name and x-evidence, in the place of `example`.",
          location: location.child("example"),
        });
    },
  };
}

/** Says in each description how well it is known, so that docs, hover texts and all else made of it do. */
function evidenceDecorator() {
  let sources = {};
  const seen = new Set();
  const describe = (node) => {
    if (seen.has(node) || !node["x-evidence"]) return;
    seen.add(node);
    const lines = [node["x-evidence"]].flat().map(({ grade, of, source, note }) => {
      const claim = grade[0].toUpperCase() + grade.slice(1) + (of === undefined ? "" : ` (${of})`);
      return `_${claim}: ${sources[source]?.title}.${note ? ` ${note}` : ""}_`;
    });
    node.description = [node.description?.trim(), ...lines].filter(Boolean).join("\n\n");
  };
  return {
    Root: {
      enter(root) {
        sources = root["x-sources"];
      },
    },
    Operation: { leave: describe },
    Parameter: { leave: describe },
    SecurityScheme: { leave: describe },
    Schema: { leave: describe },
    Example: { leave: describe },
  };
}

export default () => ({
  id: "dingrole",
  typeExtension: { oas3: withExtensions },
  rules: {
    oas3: { evidence: evidenceRule, "error-codes": errorCodesRule, gateway: gatewayRule, conventions: conventionsRule },
  },
  decorators: { oas3: { "evidence-in-descriptions": evidenceDecorator } },
});
