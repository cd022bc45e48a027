/** Rules for facts: how well each is known, and the error codes. */
import { grades } from "./extensions.js";

/** Finds the places of a new operation's skeleton (`npm run new-operation`) that are not filled in. */
export function filledInRule() {
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
export function evidenceRule() {
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
export function errorCodesRule() {
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
