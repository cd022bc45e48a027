/** TypeScript with this project's client, which checks the answer. */
import type { Field } from "@dingrole/spec";
import {
  type Call,
  constantFor,
  isNeeded,
  isOptional,
  type Output,
  type Value,
  valuesOf,
  variables,
  variablesOf,
} from "./call.ts";
import { comment, fill, fit, source } from "./source.ts";

export function short(call: Call): string {
  const { output, issuesToken } = call;
  const constants = variablesOf(call)
    .filter((variable) => variable !== variables.token)
    .map((variable) => `${variable}: ${constantFor(variable)} = ""`);
  return source`
import { createClient } from "@dingrole/client";

${constants.length > 0 && `const {\n${fill(constants, "  ")},\n} = process.env;`}
${
  issuesToken
    ? createClient(credentialsOf(call).map(constantFor))
    : `const client = createClient({\n  accessToken: process.env.${variables.token} ?? "",\n});`
}
${callClient(call, "", output && "answer")}
${output ? showOutput(output) : 'console.log("done");'}
`;
}

function showOutput({ path, isList, columns }: Output): string {
  const value = path.reduce((outer, field, index) => outer + access(field, path[index - 1]), "answer");
  const columnsOf = (row: string, outer?: Field) =>
    columns.map((field) => row + access(field, outer)).join(", ") || row;
  if (!isList) return `console.log(${columnsOf(value, path.at(-1))});`;
  const loop = `for (const row of ${value}${path.some(isOptional) ? " ?? []" : ""})`;
  return fit(...[" ", "\n  "].map((space) => `${loop}${space}console.log(${columnsOf("row")});`));
}

/** The access to a field of a value, which can be absent. */
function access(field: Field, outer?: Field): string {
  return outer && isOptional(outer) ? `?.${property(field).replace(/^\./, "")}` : property(field);
}

export function full(call: Call): string {
  const { id, host, results, issuesToken, effect } = call;
  return source`
${issuesToken && `// export ${variables.token}="$(node ${id}.ts)"`}
import { createClient, DingTalkError } from "@dingrole/client";

${credentialsOf(call).map((variable) => `const ${constantFor(variable)} = read("${variable}");`)}
const baseUrl =
  process.env.${variables.baseUrl} ?? ${JSON.stringify(host)};
${createClient([...credentialsOf(call).map(constantFor), "baseUrl"])}

try {
${
  effect === "neither" &&
  comment("  //", 'Do not call it again after a timeout (`outcome` is "unknown"): look first whether it was done.')
}
${
  issuesToken && comment("  //", "Only to have the token yourself: such a client gets its own, keeps it and renews it.")
}
${callClient(call, "  ", results.length > 0 && "result")}
${call.paging && comment("  //", "A page of the rows: `paginate` of @dingrole/client/paginate gets all.")}
  ${results.map(toPrint)}
  ${results.length === 0 && 'console.log("done");'}
} catch (error) {
  if (!(error instanceof DingTalkError)) throw error;
  fail(error.message); // It never holds the credential.
}

function read(name: string): string {
  return process.env[name] || fail(\`\${name} is not set\`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
`;
}

/** A client has a token, or the app's key and secret to get one. */
const credentialsOf = ({ issuesToken }: Call) =>
  issuesToken ? [variables.appKey, variables.appSecret] : [variables.token];

const createClient = (options: readonly string[]) => `const client = createClient({ ${options.join(", ")} });`;

/** The client adds the token. */
function callClient(call: Call, indent: string, result: string | false | undefined): string {
  const items = valuesOf(call)
    .filter(({ variable }) => variable !== variables.token)
    .map((each) => `${key(each)}: ${toValue(each)}`)
    .concat(Object.entries(call.omitted).map(([name, word]) => `${key({ name })}: "${word}"`));
  const begin = `${indent}${result ? `const ${result} = ` : ""}await client.${call.id}(`;
  if (items.length === 0) return `${begin});`;
  return fit(`${begin}{ ${items.join(", ")} });`, `${begin}{\n${fill(items, `${indent}  `)},\n${indent}});`);
}

function toValue({ value, variable }: Value): string {
  if (variable) return constantFor(variable);
  return Array.isArray(value) ? `[${value.map((item) => JSON.stringify(item)).join(", ")}]` : JSON.stringify(value);
}

const key = ({ name }: { name: string }) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

const property = (field: { name: string }) => (key(field) === field.name ? `.${field.name}` : `[${key(field)}]`);

function toPrint(field: Field, index: number): string {
  const { name, type } = field;
  const value = `result${property(field)}`;
  const text = type === "array" || type === "object" ? `JSON.stringify(${value})` : value;
  const print =
    index === 0
      ? `console.log(${text});`
      : fit(`  console.error("${name}:", ${text});`, `  console.error(\n    "${name}:", ${text});`).trimStart();
  if (!isOptional(field)) return print;
  if (isNeeded(field, index)) return `if (${value} == null)\n  fail("no ${name} in the answer");\n${print}`;
  return `if (${value} != null)\n  ${print}`;
}
