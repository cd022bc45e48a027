import { verbs } from "./extensions.js";
import { follow, formType, propertiesOf, successesOf } from "./nodes.js";

/**
 * Checks the resources, and what operations do to them: the mock's memory follows these, and has no code for an operation or a
 * resource.
 */
export function memoryRule() {
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
