import { successesOf } from "./nodes.js";

/** The examples of refusals, the operation that issues tokens, and the fields of its answer must exist. */
export function gatewayRule() {
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
