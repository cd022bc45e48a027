/**
 * Lint rules of this description, as a Redocly plugin: every fact says how well it is known, and the table of error
 * codes has the shape that everything made from it relies on.
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
      action: text,
      outcome: { enum: ["unknown"] },
      retry: { enum: ["new-token", "next-second", "back-off"] },
      note: text,
    },
    required: ["code", "class", "evidence", "meaning", "action"],
  },
  ErrorCodes: { properties: {}, items: "ErrorCode" },
};

const evidence = (value) => (Array.isArray(value) ? "EvidenceList" : "Evidence");

function withExtensions(types) {
  const extended = { ...types, ...extensionTypes };
  for (const name of ["Server", "Operation", "Parameter", "SecurityScheme", "Schema", "Example"])
    extended[name] = { ...types[name], properties: { ...types[name].properties, "x-evidence": evidence } };
  extended.Root = { ...types.Root, properties: { ...types.Root.properties, "x-error-codes": "ErrorCodes" } };
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
    Root(root, { resolve }) {
      for (const { code } of resolve(root["x-error-codes"]).node ?? []) known.add(code);
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
      codes.forEach(({ code }, index) => {
        if (index > 0 && code <= codes[index - 1].code)
          report({
            message: `Error code ${code} comes after ${codes[index - 1].code}: keep the codes unique and ascending.`,
            location: location.child([index, "code"]),
          });
      });
    },
  };
}

export default () => ({
  id: "dingrole",
  typeExtension: { oas3: withExtensions },
  rules: { oas3: { evidence: evidenceRule, "error-codes": errorCodesRule } },
});
