import { follow, formType, propertiesOf } from "./nodes.js";
import { checkSchema } from "./schema.js";

/** Checks the input of an operation: a query, or a form, of texts, numbers, booleans and lists with examples. */
export function inputRule() {
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
 * text cannot express: an empty list, and an item with a comma. Without `allowReserved` Prism refuses `'`, `(` and others, which
 * `encodeURIComponent` does not escape.
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
