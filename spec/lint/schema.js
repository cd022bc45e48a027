import { follow, propertiesOf } from "./nodes.js";

/** The keywords of a schema that the client checks, and those that it ignores: prose, and limits that DingTalk checks. */
const checked = ["type", "properties", "items", "required"];

const unchecked = [
  ...["description", "title", "example", "examples", "default", "deprecated", "format", "enum"],
  ...["minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems", "uniqueItems"],
  ...["x-attribute", "x-evidence"],
];

const types = ["string", "integer", "number", "boolean", "array", "object"];

/** Refuses a keyword that the client would silently ignore. */
export function checkSchema({ node, location }, context) {
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
