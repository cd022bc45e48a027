/** Rules for the document, its operations and their names, except input and answers. */

/** Checks the document around the operations: servers, tags and the token. */
export function documentRule() {
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
export function operationsRule() {
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
export function namesRule() {
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
