/** Access to the nodes of a document, for the rules. */

/** A node, or the target of its `$ref`, with its location. */
export function follow(node, location, resolve) {
  if (node?.$ref === undefined) return { node: node ?? {}, location };
  const target = resolve(node);
  return { node: target.node ?? {}, location: target.location ?? location };
}

export const formType = "application/x-www-form-urlencoded";

export const answerOf = (operation) => operation.responses?.["200"]?.content?.["application/json"];

/** The schemas of a success answer, with the locations of their definitions. */
export function successesOf(operation, resolve, location) {
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

export const propertiesOf = ({ node, location }) =>
  Object.entries(node.properties ?? {}).map(([name, schema]) => [name, schema, location.child(["properties", name])]);

/** The schema at a dotted path of fields; an empty schema if there is none. */
export function followPath(schema, path, resolve) {
  const start = schema?.node ?? {};
  return path.split(".").reduce((node, name) => follow(node.properties?.[name], undefined, resolve).node, start);
}

/** The fields of a success that are not a part of the result. */
export const envelope = ["errcode", "errmsg", "request_id"];
