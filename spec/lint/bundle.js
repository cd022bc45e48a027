/** Additions of the bundle to the operations: common answers, and facts in descriptions. */
import { appTypes, effects } from "./extensions.js";
import { answerOf } from "./nodes.js";

/**
 * Writes the common answers of the gateway into the operations with a token whose paths begin so: rules, readers and other tools
 * then see complete operations. The operation's own answers come first. `{permission}` in an example becomes its permission.
 */
export function commonAnswersPreprocessor() {
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

/** Says in the description of each operation, after its first paragraph, who may call it and what its effect is: for docs and hover texts. */
export function factsDecorator() {
  return {
    Operation: {
      leave(operation) {
        const apps = operation["x-app-types"].map((each) => appTypes[each]).join(", ");
        const permissions = Object.entries(operation["x-permissions"]).map(([name, title]) => `\`${name}\` (${title})`);
        // No list: Markdown would join it with a list of the description.
        const facts = [
          `**Effect:** ${effects[operation["x-effect"]]}.`,
          `**Permissions:** ${permissions.join(", ") || "none"}.`,
          `**App types:** ${apps}.`,
        ];
        const [first, ...others] = operation.description?.trim().split("\n\n") ?? [];
        operation.description = [first, facts.join("\n"), ...others].filter(Boolean).join("\n\n");
      },
    },
  };
}
