/**
 * The lint rules of this description, as a Redocly plugin. They check that every fact says how well it is known, and that
 * operations and error codes have the shape that the generators rely on.
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

/** The effects of a call on the organization's data, in the words of RFC 9110, section 9.2. */
const effects = {
  safe: "safe, as a read is: the call changes nothing",
  idempotent: "idempotent: a repeat of the call changes nothing more",
  neither: "neither safe nor idempotent: a repeat of the call can create a second thing",
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
const verbs = ["creates", "reads", "lists", "updates", "deletes"];

/** The names of app types in descriptions. */
const appTypes = { internal: "internal app", "third-party": "third-party app" };

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
function withExtensions(types) {
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
function extensionsRule() {
  return {
    any(node, { report, location, type }) {
      for (const key of Object.keys(node ?? {}))
        if (key.startsWith("x-") && !Object.hasOwn(type.properties, key))
          report({ message: `Unknown field \`${key}\`: nothing reads it here.`, location: location.child(key).key() });
    },
  };
}

/** Finds the places of a new operation's skeleton (`npm run new-operation`) that are not filled in. */
function filledInRule() {
  return {
    Root(root, { report, location }) {
      const find = (value, path) => {
        if (typeof value === "string" ? !value.includes("TODO") : typeof value !== "object" || value === null) return;
        if (typeof value === "string") report({ message: "Replace TODO.", location: location.child(path) });
        else
          for (const [key, each] of Object.entries(value)) {
            const at = [...path, key];
            if (key.includes("TODO")) report({ message: "Replace TODO.", location: location.child(at).key() });
            find(each, at);
          }
      };
      find(root, []);
    },
  };
}

/** Every server, operation, parameter, security scheme, property and example must have `x-evidence` with a known source. */
function evidenceRule() {
  let sources = {};
  const hasEvidence =
    (kind) =>
    (node, { report, location, key }) => {
      if ([node["x-evidence"] ?? []].flat().length === 0)
        report({
          message: `The ${kind} \`${node.operationId ?? node.name ?? node.url ?? key}\` must have x-evidence, which says how well it is known: { grade: ${grades.join(" | ")}, source }.`,
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
          message: `Unknown source \`${source}\`: add it to x-sources, or use one of ${Object.keys(sources).join(", ")}.`,
          location: location.child(["source"]),
        });
    },
  };
}

/**
 * The codes must be unique and ascending, so that a new code has one place, and a diff shows only that code. They must include
 * the codes that an operation lists in x-errcodes.
 */
function errorCodesRule() {
  const known = new Set();
  return {
    Root(root, { report, resolve, location }) {
      const { node: codes } = resolve(root["x-error-codes"] ?? []);
      if (Array.isArray(codes)) for (const { code } of codes) known.add(code);
      if (known.size === 0)
        report({
          message: "x-error-codes must be a $ref to error-codes.yaml, with at least one code.",
          location: location.child("x-error-codes"),
        });
    },
    Operation({ operationId, "x-errcodes": listed }, { report, location }) {
      if (!Array.isArray(listed)) return;
      const at = location.child("x-errcodes");
      if (listed.length === 0)
        report({
          message: `\`${operationId}\` must list in x-errcodes the codes that its callers meet.`,
          location: at,
        });
      if (listed.includes(0))
        report({ message: `\`${operationId}\` must list only failures in x-errcodes, not 0.`, location: at });
      for (const code of listed)
        if (!known.has(code))
          report({
            message: `\`${operationId}\` lists the unknown errcode ${code}: add it to error-codes.yaml.`,
            location: at,
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

/** Short words only: a sentence would be copied from DingTalk. */
const keyword = /^[\p{Script=Han}a-z]{1,8}$/iu;

function checkKeywords(code, keywords, { report, location }) {
  const isChinese = keywords.some((each) => /\p{Script=Han}/u.test(each));
  if (isChinese && keywords.every((each) => keyword.test(each)) && new Set(keywords).size === keywords.length) return;
  report({
    message: `The keywords of error code ${code} must be different words of at most 8 letters, with at least one Chinese word, not [${keywords.join(", ")}].`,
    location,
  });
}

/** The examples of refusals, the operation that issues tokens, and the fields of its answer must exist. */
function gatewayRule() {
  let common = [];
  const operations = new Map();
  const examplesOf = (response) =>
    Object.values(response?.content ?? {}).flatMap((each) => Object.keys(each.examples ?? {}));
  const paths = [];
  const check = (refusals, names, { report, location }, ...at) => {
    for (const [refusal, name] of Object.entries(refusals ?? {}))
      if (!names.includes(name))
        report({
          message: `Unknown example \`${name}\`: expected one of ${names.join(", ")}.`,
          location: location.child([...at, refusal]),
        });
  };
  return {
    PathItem(_, { key }) {
      paths.push(key);
    },
    Root: {
      enter({ "x-gateway": gateway }, context) {
        common = examplesOf(context.resolve(gateway?.answer ?? {}).node);
        check(gateway?.refusals, common, context, "x-gateway", "refusals");
      },
      leave({ "x-gateway": gateway }, { report, resolve, location }) {
        for (const start of Object.keys(gateway?.common ?? {}))
          if (!paths.some((path) => path.startsWith(start)))
            report({
              message: `At least one path must begin with \`${start}\`: nothing reads its answers.`,
              location: location.child(["x-gateway", "common", start]).key(),
            });
        const { operation: id, value, lifetime } = gateway?.token ?? {};
        const at = location.child(["x-gateway", "token"]);
        const operation = operations.get(id);
        if (!operation) {
          const names = [...operations.keys()].join(", ");
          return report({
            message: `Unknown operation \`${id}\`: expected one of ${names}.`,
            location: at.child("operation"),
          });
        }
        if (operation.security?.length !== 0)
          report({
            message: `\`${id}\` issues tokens, so it must not need a token: write \`security: []\`.`,
            location: at.child("operation"),
          });
        const formats = (operation.parameters ?? []).map((each) => resolve(each).node?.schema?.format);
        if (formats.length !== 2 || formats.filter((each) => each === "password").length !== 1)
          report({
            message: `\`${id}\` issues tokens, so it must have two parameters: the app's key, and its secret with \`format: password\`.`,
            location: at.child("operation"),
          });
        const fields = Object.assign({}, ...successesOf(operation, resolve, at).map(({ node }) => node.properties));
        for (const [key, field] of Object.entries({ value, lifetime }))
          if (!Object.hasOwn(fields, field))
            report({ message: `The answer of \`${id}\` must have the field \`${field}\`.`, location: at.child(key) });
      },
    },
    Operation(operation, context) {
      operations.set(operation.operationId, operation);
      const { "x-refusals": { fields, ...refusals } = {}, "x-memory": memory, responses } = operation;
      const { missing, ...reasons } = memory?.refuses ?? {};
      const names = [...examplesOf(responses?.["200"]), ...common];
      check(refusals, names, context, "x-refusals");
      check(fields, names, context, "x-refusals", "fields");
      check(reasons, names, context, "x-memory", "refuses");
      check(missing, names, context, "x-memory", "refuses", "missing");
    },
  };
}

/** A node, or the target of its `$ref`, with its location. */
function follow(node, location, resolve) {
  if (node?.$ref === undefined) return { node: node ?? {}, location };
  const target = resolve(node);
  return { node: target.node ?? {}, location: target.location ?? location };
}

const formType = "application/x-www-form-urlencoded";

const answerOf = (operation) => operation.responses?.["200"]?.content?.["application/json"];

/** The schemas of a success answer, with the locations of their definitions. */
function successesOf(operation, resolve, location) {
  const path = ["responses", "200", "content", "application/json", "schema", "oneOf"];
  return (answerOf(operation)?.schema?.oneOf ?? [])
    .map((each, index) => follow(each, location.child([...path, index]), resolve))
    .filter(({ node }) => isSuccess(node.properties?.errcode));
}

/** In some of DingTalk's examples, the `errcode` of a success is a string. */
function isSuccess(errcode) {
  const values = (errcode?.anyOf ?? [errcode]).map((each) => each?.const);
  return ["[0]", '[0,"0"]'].includes(JSON.stringify(values));
}

/** Checks the document around the operations: servers, tags and the token. */
function documentRule() {
  const used = new Set();
  const hosts = new Set();
  return {
    Root: {
      enter({ components, security, webhooks }, { report, location }) {
        const schemes = Object.values(components?.securitySchemes ?? {});
        if (schemes.length !== 1 || schemes[0].type !== "apiKey" || schemes[0].in !== "query" || security?.length !== 1)
          report({
            message:
              "The only security scheme must be an apiKey in the query, and `security` must name it: the client supports no other.",
            location: location.child(["components", "securitySchemes"]),
          });
        if (webhooks)
          report({
            message: "Unknown field `webhooks`: nothing reads it.",
            location: location.child("webhooks").key(),
          });
      },
      leave({ tags }, { report, location }) {
        for (const [index, { name }] of (tags ?? []).entries())
          if (!used.has(name))
            report({
              message: `At least one operation must have the tag \`${name}\`: its section would be empty.`,
              location: location.child(["tags", index]),
            });
      },
    },
    Operation({ tags }) {
      for (const tag of tags ?? []) used.add(tag);
    },
    Tag({ name }, { report, location }) {
      if (!/^[A-Z][A-Za-z0-9 ]*$/.test(name) || name === "Guides and client")
        report({
          message: `The tag \`${name}\` must be English words: the site makes a URL from it.`,
          location: location.child("name"),
        });
    },
    Server({ url, description }, { report, location }) {
      const region = String(description ?? "").toLowerCase();
      if (!/^[a-z]+$/.test(region) || hosts.has(region))
        report({
          message:
            "The description of a server must be one word, different from all others: it is the `region` of the client.",
          location,
        });
      if (!/^https:\/\/[\w.:/-]+$/.test(url))
        report({
          message: `The url of a server must be an https URL of letters, digits, \`_\`, \`.\`, \`:\`, \`/\` and \`-\`, not \`${url}\`.`,
          location: location.child("url"),
        });
      hosts.add(region);
    },
  };
}

/** Checks each operation, except its input and its answers. */
function operationsRule() {
  const ids = new Set();
  return {
    PathItem(item, { report, location }) {
      for (const key of Object.keys(item))
        if (!["get", "post"].includes(key))
          report({
            message: `A path must have only get and post, not \`${key}\`: write everything into the operation.`,
            location: location.child(key).key(),
          });
    },
    Operation(operation, { report, location }) {
      const { operationId: id, tags, security } = operation;
      if (!/^[a-z][A-Za-z0-9]*$/.test(id) || id in Object.prototype || id === "then")
        report({
          message: `The operationId must be a method name in camelCase, verb first, not \`${id}\`.`,
          location: location.child("operationId"),
        });
      if (ids.has(String(id).toLowerCase()))
        report({
          message: `The operationId must differ from all others also in lower case, not \`${id}\`: files have its name.`,
          location: location.child("operationId"),
        });
      ids.add(String(id).toLowerCase());
      if (operation["x-app-types"]?.length === 0)
        report({ message: `\`${id}\` must have at least one app type.`, location: location.child("x-app-types") });
      if (tags?.length !== 1)
        report({ message: `\`${id}\` must have one tag, not ${tags?.length ?? 0}.`, location: location.key() });
      if (security !== undefined && security.length > 0)
        report({
          message: `\`security\` of \`${id}\` must be [] for a call without a token, or left out.`,
          location: location.child("security"),
        });
      for (const key of ["servers", "callbacks"])
        if (operation[key])
          report({
            message: `Unknown field \`${key}\`: nothing reads it in an operation.`,
            location: location.child(key).key(),
          });
    },
  };
}

/** The names that generated code and the samples write without escapes. */
function namesRule() {
  const checkField = (name, { report, location }) => {
    if (!/^[A-Za-z_][\w.-]*$/.test(name) || name in Object.prototype)
      report({
        message: `The name of a field must be a letter, then letters, digits, \`_\`, \`.\` and \`-\`, not \`${name}\`: programs contain it.`,
        location,
      });
  };
  return {
    PathItem(_, { report, location, key: path }) {
      if (!/^(\/\w[\w.-]*)+$/.test(path))
        report({
          message: `A path must be letters, digits, \`_\`, \`.\` and \`-\` after each slash, not \`${path}\`: programs contain it.`,
          location: location.key(),
        });
    },
    Parameter: ({ name }, { report, location }) => checkField(name, { report, location: location.child("name") }),
    SchemaProperties(properties, { report, location }) {
      for (const name of Object.keys(properties)) checkField(name, { report, location: location.child([name]).key() });
    },
  };
}

/** Checks the input of an operation: a query, or a form, of texts, numbers, booleans and lists with examples. */
function inputRule() {
  let credentials = [];
  return {
    Root({ components }) {
      credentials = Object.values(components?.securitySchemes ?? {}).map(({ name }) => name);
    },
    Parameter({ name, in: where, required, example, schema }, { report, location }) {
      if (where !== "query")
        report({ message: `\`${name}\` must be in the query or a form, not in the ${where}.`, location });
      if (required && (example ?? schema?.examples?.[0] ?? schema?.default) === undefined)
        report({
          message: `\`${name}\` is required, so it must have an example: tests and readers call with it.`,
          location,
        });
    },
    Operation(operation, { report, resolve, location, key }) {
      const { operationId: id, requestBody, parameters = [] } = operation;
      const at = location.child("requestBody");
      const atKey = at.key();
      const media = Object.keys(requestBody?.content ?? {});
      if (requestBody && String(media) !== formType)
        report({
          message: `The body of \`${id}\` must be a form, ${formType}, not ${media.join(", ")}.`,
          location: atKey,
        });

      const body = follow(requestBody?.content?.[formType]?.schema, at.child(["content", formType, "schema"]), resolve);
      // If all fields are optional, the form may be empty, and an empty form has no body.
      const isRequired = body.node.required?.length > 0;
      if (requestBody && ((requestBody.required ?? false) !== isRequired || key === "get"))
        report({
          message: `The body of \`${id}\` must belong to a POST, with \`required: ${isRequired}\` like its fields.`,
          location: atKey,
        });
      if (
        requestBody?.content?.[formType] &&
        (body.node.type !== "object" || Object.keys(body.node.properties ?? {}).length === 0)
      )
        report({ message: `The form of \`${id}\` must be an object with \`properties\`.`, location: body.location });
      if (Object.keys(requestBody?.content?.[formType]?.examples ?? { none: 1 }).length === 0)
        report({
          message: `The form of \`${id}\` must have a named example: tests and samples call with it.`,
          location: at.child(["content", formType, "examples"]).key(),
        });

      const inQuery = parameters.map((each, index) => follow(each, location.child(["parameters", index]), resolve));
      const formFields = propertiesOf(body);
      const fields = [
        ...inQuery.map(({ node, location }) => [node.name, node.schema, location.child("schema")]),
        ...formFields,
      ];
      const names = fields.map(([name]) => name);
      let secrets = operation.security ? 0 : 1;
      for (const [name, schema, place] of fields) {
        if (credentials.includes(name) || names.indexOf(name) !== names.lastIndexOf(name))
          report({
            message: `\`${name}\` of \`${id}\` must be in one place, not in the query and in the body or the security scheme.`,
            location: place,
          });
        const field = follow(schema, place, resolve);
        const isInForm = formFields.some(([each]) => each === name);
        const { type, "x-omitted": omitted, ...rest } = field.node;
        if (type === "object" || Array.isArray(type) || (type === "array" && !isInForm))
          report({
            message: `\`${name}\` of \`${id}\` must be a text, a number, a boolean, or in a form a list: a form and a query have no other types.`,
            location: field.location,
          });
        else checkSchema({ node: { type, ...rest }, location: field.location }, { report, resolve });
        if (type === "array" && isInForm) {
          const encoding = requestBody.content[formType].encoding?.[name];
          checkList(name, field, { report, resolve, encoding, at: at.child(["content", formType, "schema"]).key() });
        }
        if (
          omitted !== undefined &&
          (type !== "array" || body.node.required?.includes(name) || !/^[a-z]+$/.test(omitted))
        )
          report({
            message: `\`x-omitted\` of \`${name}\` must be one word, for an optional list in a form.`,
            location: field.location.child("x-omitted"),
          });
        if (field.node.format === "password" && ++secrets > 1)
          report({
            message: `\`${id}\` must have only one secret, \`${name}\` or the token: the curl sample passes one by standard input.`,
            location: field.location,
          });
      }
    },
  };
}

/**
 * A list in a form is one comma-separated text on the wire. The encoding says so to other tools, and the client refuses what the
 * text cannot express: an empty list, and an item with a comma.
 */
function checkList(name, { node, location }, { report, resolve, encoding = {}, at }) {
  const { style, explode, allowReserved } = encoding;
  if (style !== "form" || explode !== false || allowReserved !== true)
    report({
      message: `The form must have the encoding of the list \`${name}\`: \`encoding: { ${name}: { style: form, explode: false, allowReserved: true } }\`.`,
      location: at,
    });
  if (node.minItems !== 1 || !(node.maxItems > 0) || node.uniqueItems !== true)
    report({
      message: `The list \`${name}\` must have \`minItems: 1\`, \`maxItems\` and \`uniqueItems: true\`.`,
      location,
    });
  const { type, minLength, pattern } = follow(node.items, location, resolve).node;
  if (type !== "integer" && (type !== "string" || minLength !== 1 || pattern !== "^[^,]+$"))
    report({
      message: `The items of the list \`${name}\` must be integers, or texts with \`minLength: 1\` and \`pattern: '^[^,]+$'\`: a comma separates them.`,
      location,
    });
}

/** Checks what an operation says about paging, about batches, and about answers that prove its effect. */
function compositionsRule() {
  return {
    Operation(operation, { report, resolve, location }) {
      const { operationId: id, "x-effect": effect, "x-errcodes": listed = [] } = operation;
      const { "x-paging": paging, "x-batches": batches, "x-proves-effect": proofs } = operation;
      const at = location.child(["requestBody", "content", formType, "schema"]);
      const { node: form } = follow(operation.requestBody?.content?.[formType]?.schema, at, resolve);
      const [success] = successesOf(operation, resolve, location);
      const fieldOf = (name) => follow(form.properties?.[name], at, resolve).node;
      const check = (isRight, message, ...path) => {
        if (!isRight) report({ message, location: location.child(path) });
      };

      if (paging) {
        check(effect === "safe", `\`${id}\` must be safe, because callers repeat it for each page.`, "x-paging");
        for (const key of ["offset", "size"]) {
          const field = fieldOf(paging[key]);
          check(
            field.type === "integer" && field.default >= 0 && (key === "offset" || field.maximum >= field.default),
            `\`${key}\` must name an integer of the form with \`default\`${key === "size" ? " and `maximum`" : ""}, not \`${paging[key]}\`.`,
            ...["x-paging", key],
          );
        }
        for (const [key, type] of Object.entries({ items: "array", more: "boolean" })) {
          const found = followPath(success, paging[key], resolve);
          check(
            [found.type].flat()[0] === type,
            `\`${key}\` must be the path of ${type === "array" ? "an array" : "a boolean"} in the success, such as \`result.list\`, not \`${paging[key]}\`.`,
            ...["x-paging", key],
          );
        }
      }
      if (batches) {
        check(
          effect !== "neither",
          `\`${id}\` must be idempotent: a batch whose outcome is unknown is sent again.`,
          "x-batches",
        );
        check(batches.length > 0, `\`x-batches\` must name at least one list.`, "x-batches");
        for (const [index, name] of batches.entries())
          check(
            fieldOf(name).type === "array" && form.required?.includes(name) && batches.indexOf(name) === index,
            `\`x-batches\` must name different required lists of the form, not \`${name}\`.`,
            ...["x-batches", index],
          );
      }
      if (proofs) {
        check(
          effect === "idempotent",
          `\`${id}\` must be idempotent, because a resend proves its effect.`,
          "x-proves-effect",
        );
        check(proofs.length > 0, `\`x-proves-effect\` must have at least one code.`, "x-proves-effect");
        for (const [index, code] of proofs.entries())
          check(
            listed.includes(code),
            `\`x-proves-effect\` must have codes that x-errcodes lists, not ${code}.`,
            ...["x-proves-effect", index],
          );
        const required = (success?.node.required ?? []).filter((name) => !envelope.includes(name));
        check(
          required.length === 0,
          `The answer of \`${id}\` must not require \`${required[0]}\`: an answer that proves the effect lacks it.`,
          "x-proves-effect",
        );
      }
    },
  };
}

/**
 * Checks the resources, and what operations do to them: the mock's memory follows these, and has no code for an operation or a
 * resource.
 */
function memoryRule() {
  let resources = {};
  const know = (name, { report, location }) => {
    if (!Object.hasOwn(resources, name))
      report({
        message: `Unknown resource \`${name}\`: expected one of ${Object.keys(resources).join(", ")}.`,
        location,
      });
  };
  return {
    Root({ "x-resources": declared = {} }, { report, location }) {
      resources = declared;
      for (const [name, { id, of = [], has = [], start = [] }] of Object.entries(declared)) {
        const at = location.child(["x-resources", name]);
        for (const [key, others] of Object.entries({ of, has }))
          for (const [index, each] of others.entries()) know(each, { report, location: at.child([key, index]) });
        if ((id === undefined && of.length < 2) || (id === "given" && of.length > 0))
          report({
            message: `\`${name}\` must have an \`id\`, or belong to two resources, which then identify it. A resource with a given id must not belong to another.`,
            location: at.key(),
          });
        checkStart(start, name, declared, { report, location: at.child("start") });
      }
    },
    Schema({ "x-attribute": attribute }, { report, location }) {
      if (attribute === undefined) return;
      const [resource, key, ...rest] = attribute.split(".");
      const at = location.child("x-attribute");
      know(resource, { report, location: at });
      if (!["id", "name"].includes(key) || rest.length > 0)
        report({
          message: `\`x-attribute\` must be a resource, a dot, and id or name, not \`${attribute}\`.`,
          location: at,
        });
    },
    Operation(operation, { report, resolve, location }) {
      const {
        operationId: id,
        "x-memory": memory,
        "x-paging": paging,
        "x-refusals": refusals,
        requestBody,
      } = operation;
      const at = location.child("x-memory");
      const body = follow(requestBody?.content?.[formType]?.schema, location, resolve);
      const given = propertiesOf(body).map(([name, schema]) => [name, follow(schema, location, resolve).node]);
      const names = [...given, ...(operation.parameters ?? []).map((each) => [resolve(each).node?.name])].map(
        ([name]) => name,
      );
      for (const field of Object.keys(refusals?.fields ?? {}))
        if (!names.includes(field))
          report({
            message: `Unknown field \`${field}\`: expected one of ${names.join(", ")}.`,
            location: location.child(["x-refusals", "fields", field]).key(),
          });
      if (!memory) return;

      const [verb, ...more] = verbs.filter((each) => memory[each] !== undefined);
      if (!verb || more.length > 0)
        return report({ message: `\`x-memory\` must have one of ${verbs.join(", ")}.`, location: at });
      const name = memory[verb];
      know(name, { report, location: at.child(verb) });
      const { id: kind, of = [], has = [] } = resources[name] ?? {};
      for (const each of Object.keys(memory.refuses?.missing ?? {}))
        know(each, { report, location: at.child(["refuses", "missing", each]).key() });

      const attributes = given.map(([, { "x-attribute": attribute }]) => attribute);
      const owners = of.map((each) => `${each}.id`);
      const identity = kind ? [`${name}.id`] : owners;
      const needs = { creates: kind ? [...owners, `${name}.name`] : owners, lists: [] }[verb] ?? identity;
      for (const each of needs)
        if (!attributes.includes(each))
          report({ message: `A field of the input of \`${id}\` must have \`x-attribute: ${each}\`.`, location: at });
      const useful = [...identity, ...owners, `${name}.name`, ...has.map((each) => `${each}.id`)];
      for (const each of attributes)
        if (each !== undefined && !useful.includes(each))
          report({
            message: `The input of \`${id}\` must not have \`${each}\`: expected ${useful.join(", ")}.`,
            location: at,
          });
      if (verb === "lists" && !paging) report({ message: `\`${id}\` lists, so it must have x-paging.`, location: at });
      for (const success of successesOf(operation, resolve, location)) {
        const fields = propertiesOf(success).map(([, schema]) => follow(schema, location, resolve).node);
        if (verb === "creates" && kind && !fields.some((each) => each["x-attribute"] === `${name}.id`))
          report({
            message: `The answer of \`${id}\` must have a field with \`x-attribute: ${name}.id\`.`,
            location: at,
          });
        for (const [path, place] of unfilled(success, paging?.more.split("."), resolve))
          report({
            message: `\`${path}\` of the answer of \`${id}\` must have \`x-attribute\`: the mock's memory fills it.`,
            location: place,
          });
      }
    },
  };
}

/** The required fields within objects of an answer that have no value from the memory. */
function unfilled(schema, more, resolve, path = []) {
  return propertiesOf(schema).flatMap(([name, each, place]) => {
    const field = follow(each, place, resolve);
    const own = [...path, name];
    const { node } = field;
    if (node.properties) return unfilled(field, more, resolve, own);
    if (node.items) return unfilled(follow(node.items, place.child("items"), resolve), more, resolve, own);
    const isFilled = node["x-attribute"] !== undefined || String(own) === String(more);
    return path.length > 0 && schema.node.required?.includes(name) && !isFilled
      ? [[own.join("."), field.location]]
      : [];
  });
}

/** Checks what a new organization has: names, and objects with the plurals of the resources within. */
function checkStart(seeds, resource, resources, { report, location }) {
  const inner = Object.keys(resources).filter((each) => resources[each].of?.[0] === resource);
  const known = ["name", "isClosed", ...inner.map((each) => `${each}s`)];
  seeds.forEach((seed, index) => {
    const at = location.child(index);
    const fields = typeof seed === "object" ? seed : { name: seed };
    for (const key of Object.keys(fields))
      if (!known.includes(key))
        report({ message: `Unknown field \`${key}\`: expected ${known.join(", ")}.`, location: at.child(key).key() });
    if (typeof fields.name !== "string")
      report({ message: `A ${resource} of a new organization must have a name.`, location: at });
    for (const each of inner)
      checkStart(fields[`${each}s`] ?? [], each, resources, { report, location: at.child(`${each}s`) });
  });
}

/** The fields of a success that are not a part of the result. */
const envelope = ["errcode", "errmsg", "request_id"];

/** The schema at a dotted path of fields; an empty schema if there is none. */
function followPath(schema, path, resolve) {
  const start = schema?.node ?? {};
  return path.split(".").reduce((node, name) => follow(node.properties?.[name], undefined, resolve).node, start);
}

const propertiesOf = ({ node, location }) =>
  Object.entries(node.properties ?? {}).map(([name, schema]) => [name, schema, location.child(["properties", name])]);

/** Checks the answers of an operation: HTTP 200, with a success, a failure or an IP block. */
function answerRule() {
  return {
    Operation(operation, { report, resolve, location }) {
      const { operationId: id, responses = {} } = operation;
      const at = location.child("responses").key();
      for (const status of Object.keys(responses))
        if (status !== "200")
          report({
            message: `The status of an answer must be 200, not ${status}: DingTalk answers everything with 200.`,
            location: location.child(["responses", status]).key(),
          });

      const answer = answerOf(operation);
      const refs = (answer?.schema?.oneOf ?? []).map(({ $ref }) => $ref);
      const successes = successesOf(operation, resolve, location);
      const isWhole = ["ErrorEnvelope", "IpBlock"].every((each) => refs.includes(`#/components/schemas/${each}`));
      if (successes.length !== 1 || !isWhole || refs.length !== 3)
        report({
          message: `The 200 answer of \`${id}\` must be a \`oneOf\` with a success, whose \`errcode\` is \`const: 0\` or \`anyOf: [{ type: integer, const: 0 }, { type: string, const: '0' }]\`, ErrorEnvelope and IpBlock.`,
          location: at,
        });
      for (const success of successes)
        for (const [name, schema, place] of propertiesOf(success))
          if (name !== "errcode") checkSchema(follow(schema, place, resolve), { report, resolve });

      const examples = Object.values(answer?.examples ?? {}).map((each) => String(resolve(each).node?.value?.errcode));
      if (!examples.includes("0") || examples.every((errcode) => errcode === "0"))
        report({
          message: `\`${id}\` must have named examples of a success and of a failure: the mock answers with them.`,
          location: at,
        });
    },
    MediaType({ example }, { report, location }) {
      if (example !== undefined)
        report({
          message: "Use `examples`, with a name and x-evidence, instead of `example`.",
          location: location.child("example"),
        });
    },
  };
}

/** The keywords of a schema that the client checks, and those that it ignores: prose, and limits that DingTalk checks. */
const checked = ["type", "properties", "items", "required"];
const unchecked = [
  ...["description", "title", "example", "examples", "default", "deprecated", "format", "enum"],
  ...["minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems", "uniqueItems"],
  ...["x-attribute", "x-evidence"],
];
const types = ["string", "integer", "number", "boolean", "array", "object"];

/** Refuses a keyword that the client would silently ignore. */
function checkSchema({ node, location }, context) {
  const { report, resolve } = context;
  for (const keyword of Object.keys(node))
    if (![...checked, ...unchecked].includes(keyword))
      report({
        message: `Unknown keyword \`${keyword}\`: add it to packages/client/src/schema.ts.`,
        location: location.child(keyword).key(),
      });
  const { items } = node;
  const [type, ...others] = [node.type].flat();
  if (!types.includes(type) || (others.length > 0 && String(others) !== "null"))
    report({ message: `\`type\` must be one of ${types.join(", ")}, or [one of them, 'null'].`, location });
  if (type === "array" && !items) report({ message: "An array must have `items`.", location });
  if (items) checkSchema(follow(items, location.child("items"), resolve), context);
  for (const [, schema, place] of propertiesOf({ node, location }))
    checkSchema(follow(schema, place, resolve), context);
}

/**
 * Writes the common answers of the gateway into the operations with a token whose paths begin so: rules, readers and other tools
 * then see complete operations. The operation's own answers come first. `{permission}` in an example becomes its permission.
 */
function commonAnswersPreprocessor() {
  return {
    Root(root) {
      const { paths, components, "x-gateway": gateway } = root;
      for (const [start, common] of Object.entries(gateway?.common ?? {}))
        for (const [path, item] of Object.entries(paths ?? {}))
          if (path.startsWith(start))
            for (const operation of Object.values(item))
              if (!operation.security) addCommonAnswer(operation, common, components?.examples ?? {});
    },
  };
}

function addCommonAnswer(operation, { errcodes, refusals, examples }, components) {
  const { "x-errcodes": codes = [], "x-permissions": permissions = {} } = operation;
  operation["x-errcodes"] = [...new Set([...codes, ...errcodes])].sort((a, b) => a - b);
  if (refusals) operation["x-refusals"] = { ...refusals, ...operation["x-refusals"] };
  const answer = answerOf(operation);
  const permission = Object.keys(permissions).join(", ");
  const complete = ([name, example]) => {
    const text = JSON.stringify(components[example.$ref?.split("/").at(-1)] ?? example);
    return [name, text.includes("{permission}") ? JSON.parse(text.replaceAll("{permission}", permission)) : example];
  };
  // Readers take the first example of a success as the usual one.
  const all = { ...answer?.examples, ...examples, ...answer?.examples };
  if (answer) answer.examples = Object.fromEntries(Object.entries(all).map(complete));
}

/** Adds to the description of each operation who may call it and what its effect is, for docs and hover texts. */
function factsDecorator() {
  return {
    Operation: {
      leave(operation) {
        const apps = operation["x-app-types"].map((each) => appTypes[each]).join(", ");
        const permissions = Object.entries(operation["x-permissions"]).map(([name, title]) => `\`${name}\` (${title})`);
        const lines = [
          `- **App types:** ${apps}.`,
          `- **Permissions:** ${permissions.join(", ") || "none"}.`,
          `- **Effect:** ${effects[operation["x-effect"]]}.`,
        ];
        operation.description = [operation.description?.trim(), lines.join("\n")].filter(Boolean).join("\n\n");
      },
    },
  };
}

/**
 * Rules also see descriptions of a wrong shape, which Redocly's `struct` refuses. If a rule throws, this reports a fault with its
 * location; otherwise the lint would end without one.
 */
function guard(visitor) {
  if (typeof visitor !== "function")
    return Object.fromEntries(Object.entries(visitor).map(([name, each]) => [name, guard(each)]));
  return (node, context) => {
    try {
      visitor(node, context);
    } catch ({ message }) {
      context.report({ message: `A rule cannot read the description here: ${message}.`, location: context.location });
    }
  };
}

const rules = {
  "filled-in": filledInRule,
  extensions: extensionsRule,
  evidence: evidenceRule,
  "error-codes": errorCodesRule,
  gateway: gatewayRule,
  document: documentRule,
  operations: operationsRule,
  names: namesRule,
  input: inputRule,
  compositions: compositionsRule,
  memory: memoryRule,
  answer: answerRule,
};

export default () => ({
  id: "dingrole",
  typeExtension: { oas3: withExtensions },
  preprocessors: { oas3: { "common-answers": () => guard(commonAnswersPreprocessor()) } },
  rules: { oas3: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, () => guard(rule())])) },
  decorators: { oas3: { "facts-in-descriptions": factsDecorator } },
});
