/** Measures the cost of operations: instantiations and time in the editor, bytes in a bundle. The descriptions are made up. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Field, type Operation, readDescription, readDocument } from "@dingrole/spec";
import type { Plugin } from "esbuild";
import { generate } from "../../packages/client/generate.ts";
import { operationsFile } from "../../packages/types/generate.ts";
import { generated, type Kind, measureSize, programOf, root, run, say } from "./kinds.ts";

export interface TypeCost {
  instantiations: number;
  /** In milliseconds. */
  checkTime: number;
}

const things = (
  "department user role role_group chat message calendar attendance report process file contact label robot schedule " +
  "approval workspace meeting live drive space task project agenda inspection invoice expense vacation shift device " +
  "extcontact checkin blackboard health circle org microapp callback certificate course exam survey notice template form " +
  "instance event reminder comment ticket"
).split(" ");
const verbs = (
  "create update delete list get search count enable disable copy move bind unbind import export archive restore send " +
  "recall audit"
).split(" ");
const fieldNames = (
  "name title userid dept_id cursor size language order offset role_id chat_id owner remark icon mobile email start_time " +
  "end_time status type agent_id process_code url media_id biz_id union_id corp_id tag_id color position level code " +
  "description parent_id create_time visible"
).split(" ");

/** Operations with distinct names, in the form of the description; at most 1,000. */
function makeOperations(count: number): Operation[] {
  const [model] = readDescription().operations as [Operation];
  return Array.from({ length: count }, (_, index) => {
    const thing = things[index % things.length] as string;
    const verb = verbs[(index + Math.floor(index / things.length)) % verbs.length] as string;
    const names = new Set(Array.from({ length: 1 + (index % 4) }, (_, at) => fieldAt(index * 7 + at * 11)));
    const input = [...names].map((name, at) => toField(name, at === 0));
    const isRead = /list|get|search|count/.test(verb);
    const id = `${verb}_${thing}`.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    return {
      ...model,
      id,
      path: `/topapi/${thing.replaceAll("_", "")}/${verb}`,
      method: isRead ? "GET" : "POST",
      summary: `The operation ${id}`,
      description: "",
      evidence: [],
      effect: isRead ? "safe" : "neither",
      query: isRead ? input : [],
      form: isRead ? undefined : input,
      result: input.filter((_, at) => at !== 1),
      errcodes: [],
    };
  });
}

function fieldAt(index: number): string {
  return fieldNames[index % fieldNames.length] as string;
}

function toField(name: string, isRequired: boolean): Field {
  const isNumber = /_id$|size|offset|order|time|status|level/.test(name);
  return {
    name,
    type: isNumber ? "integer" : "string",
    description: `The ${name}.`,
    example: isNumber ? 7 : "a",
    isRequired,
    isDeprecated: false,
    isNullable: false,
    isSecret: false,
    aliases: [],
    evidence: [],
  };
}

/** The description as an OpenAPI document, with made-up operations instead of the real ones. */
function toDocument(made: Operation[]) {
  const paths = made.map((each) => [each.path, { [each.method.toLowerCase()]: toOpenApi(each) }]);
  return { ...readDocument(), paths: Object.fromEntries(paths) };
}

function toOpenApi({ id, summary, query, form, result }: Operation) {
  const envelope = { errcode: { type: "integer", const: 0 }, errmsg: { type: "string" } };
  const success = toObject(result, envelope, ["errcode"]);
  const schema = { oneOf: [success, { $ref: "#/components/schemas/ErrorEnvelope" }] };
  return {
    operationId: id,
    summary,
    parameters: query.map((each) => ({
      name: each.name,
      in: "query",
      required: each.isRequired,
      schema: toSchema(each),
    })),
    ...(form && {
      requestBody: { required: true, content: { "application/x-www-form-urlencoded": { schema: toObject(form) } } },
    }),
    responses: { 200: { description: "Success or failure.", content: { "application/json": { schema } } } },
  };
}

const toSchema = ({ type, description }: Field) => ({ type, description });

function toObject(fields: readonly Field[], more = {}, required: string[] = []) {
  const properties = Object.fromEntries(fields.map((each) => [each.name, toSchema(each)]));
  const names = fields.filter(({ isRequired }) => isRequired).map(({ name }) => name);
  return { type: "object", properties: { ...more, ...properties }, required: [...required, ...names] };
}

/** The files that the generators of the types and the client make from the description with more operations. */
function generateWith(made: Operation[]): Record<string, string> {
  const description = readDescription();
  const more = { ...description, operations: [...description.operations, ...made] };
  const { "types.ts": types = "", "operations.ts": table = "" } = generate(more);
  return { "types.ts": types, "operations.ts": table, "fields.ts": operationsFile(more) };
}

/** The size that one operation adds to a bundle of the client, in bytes after gzip. */
export async function measureOperationSize(kind: Kind): Promise<number> {
  say("generating operations, bundling them");
  const contents = generateWith(makeOperations(100))["operations.ts"] as string;
  const source: Plugin = {
    name: "the client's source",
    setup: (build) =>
      build.onResolve({ filter: /^@dingrole\/client$/ }, () => ({ path: join(root, "packages/client/src/index.ts") })),
  };
  const more: Plugin = {
    name: "more operations",
    setup: (build) => build.onLoad({ filter: /generated[/\\]operations\.ts$/ }, () => ({ contents, loader: "ts" })),
  };
  return ((await measureSize(kind, [source, more])) - (await measureSize(kind, [source]))) / 100;
}

export type Style = "named" | "generic";
export type Program = "none" | "one" | "all";

/** Compares the client's named interfaces with the generics of openapi-fetch, for 1,000 operations. */
export function measureTypes(): Record<Style, Record<Program, TypeCost>> {
  say("types of 1,000 operations");
  const made = makeOperations(1000);
  rmSync(join(generated, "types"), { recursive: true, force: true });
  writeNamed(made);
  writeGeneric(made);
  return { named: checkAll("named"), generic: checkAll("generic") };
}

function writeNamed(made: Operation[]) {
  const { "types.ts": types = "", "fields.ts": fields = "" } = generateWith(made);
  const head = `import { createClient } from "@dingrole/client";
import type { Operations } from "./types.ts";
const client = createClient({ accessToken: "token" }) as unknown as Operations;\n`;
  const calls = made.map((each) => `client.${each.id}(${valuesOf(each)})`);
  const here = types
    .replaceAll('"@dingrole/types"', '"./fields.ts"')
    .replace('"../call-options.ts"', '"@dingrole/client"');
  writePrograms("named", { "types.ts": here, "fields.ts": fields }, head, calls);
}

function writeGeneric(made: Operation[]) {
  const spec = join(generated, "types/openapi.json");
  mkdirSync(join(generated, "types"), { recursive: true });
  writeFileSync(spec, JSON.stringify(toDocument(made)));
  const generator = programOf("openapi-typescript", "openapi-typescript", "packages/types");
  const types = run([generator, spec], { cwd: join(root, "packages/types") });
  const head = `import createClient from "openapi-fetch";
import type { paths } from "./types.ts";
const client = createClient<paths>({ baseUrl: "https://oapi.dingtalk.io" });\n`;
  const calls = made.map((each) => {
    const options = each.form ? `body: ${valuesOf(each)}` : `params: { query: ${valuesOf(each)} }`;
    return `client.${each.method}("${each.path}", { ${options} })`;
  });
  writePrograms("generic", { "types.ts": types }, head, calls);
}

function valuesOf({ query, form = query }: Operation): string {
  return `{ ${form.map(({ name, example }) => `${name}: ${JSON.stringify(example)}`).join(", ")} }`;
}

/** Three programs with different numbers of calls. */
function writePrograms(style: Style, files: Record<string, string>, head: string, calls: string[]) {
  const folder = join(generated, "types", style);
  mkdirSync(folder, { recursive: true });
  const text = (some: string[]) => head + some.map((call) => `use(await ${call});\n`).join("");
  const programs: Record<Program, string> = { none: text([]), one: text(calls.slice(0, 1)), all: text(calls) };
  for (const [name, code] of Object.entries(programs))
    files[`${name}.ts`] = `${code}export function use(_: unknown) {}\n`;
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
}

function checkAll(style: Style): Record<Program, TypeCost> {
  return { none: check(style, "none"), one: check(style, "one"), all: check(style, "all") };
}

const compilerOptions = (
  "--noEmit --ignoreConfig --singleThreaded --extendedDiagnostics --strict --exactOptionalPropertyTypes --skipLibCheck " +
  "--module nodenext --target es2022 --lib es2022,dom --types node --allowImportingTsExtensions"
).split(" ");

function check(style: Style, program: Program): TypeCost {
  const args = [programOf("typescript", "tsc", ""), ...compilerOptions, `${program}.ts`];
  const report = run(args, { cwd: join(generated, "types", style) });
  const numberAfter = (label: string) => Number(new RegExp(`${label}:\\s+([\\d.]+)`).exec(report)?.[1]);
  return { instantiations: numberAfter("Instantiations"), checkTime: numberAfter("Check time") * 1000 };
}
