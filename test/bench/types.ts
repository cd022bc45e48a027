/** What operations cost: instantiations and time in the editor, bytes in a bundle. Measured on descriptions made up here. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin } from "esbuild";
import { generated, type Kind, measureSize, programOf, root, run, say } from "./kinds.ts";

export interface TypeCost {
  instantiations: number;
  /** Milliseconds. */
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

interface MadeOperation {
  id: string;
  path: string;
  method: "get" | "post";
  input: string[];
}

/** Operations with distinct names, of the description's own form; at most 1,000. */
function makeOperations(count: number): MadeOperation[] {
  return Array.from({ length: count }, (_, index) => {
    const thing = things[index % things.length] as string;
    const verb = verbs[(index + Math.floor(index / things.length)) % verbs.length] as string;
    const fields = Array.from({ length: 1 + (index % 4) }, (_, at) => fieldAt(index * 7 + at * 11));
    return {
      id: `${verb}_${thing}`.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      path: `/topapi/${thing.replaceAll("_", "")}/${verb}`,
      method: /list|get|search|count/.test(verb) ? "get" : "post",
      input: [...new Set(fields)],
    };
  });
}

function fieldAt(index: number): string {
  return fieldNames[index % fieldNames.length] as string;
}

const isNumber = (field: string) => /_id$|size|offset|order|time|status|level/.test(field);
const schemaOf = (field: string) => ({ type: isNumber(field) ? "integer" : "string", description: `The ${field}.` });
const exampleOf = (field: string) => (isNumber(field) ? "7" : '"a"');

/** The description with made-up operations beside its own. */
function makeSpec(file: string, made: MadeOperation[], failure: (spec: Json) => unknown): Json {
  const spec: Json = JSON.parse(readFileSync(join(root, "spec/dist", file), "utf8"));
  for (const each of made) spec.paths[each.path] = { [each.method]: specOf(each, failure(spec)) };
  return spec;
}

// biome-ignore lint/suspicious/noExplicitAny: the description is JSON, and its shape is lint's business.
type Json = any;

function specOf({ id, method, input }: MadeOperation, failure: unknown) {
  const [first = "", ...others] = input;
  const properties = Object.fromEntries(input.map((field) => [field, schemaOf(field)]));
  const form = { type: "object", properties, required: [first] };
  const field = (name: string) => ({ name, in: "query", required: name === first, schema: schemaOf(name) });
  const success = {
    type: "object",
    properties: {
      errcode: { type: "integer", const: 0 },
      errmsg: { type: "string" },
      ...Object.fromEntries([first, ...others.slice(1)].map((name) => [name, schemaOf(name)])),
    },
    required: ["errcode", first],
  };
  const answer = { "application/json": { schema: { oneOf: [success, failure] } } };
  return {
    operationId: id,
    summary: `The operation ${id}`,
    "x-errcodes": [],
    ...(method === "get"
      ? { parameters: input.map(field) }
      : { requestBody: { required: true, content: { "application/x-www-form-urlencoded": { schema: form } } } }),
    responses: { 200: { description: "Success or failure.", content: answer } },
  };
}

/** What the client's own generator makes of the description with some operations more, by file. */
function generateClient(made: MadeOperation[]): Record<string, string> {
  const spec = join(generated, "types/dereferenced.json");
  mkdirSync(join(generated, "types"), { recursive: true });
  const failure = ({ components }: Json) => components.schemas.ErrorEnvelope;
  writeFileSync(spec, JSON.stringify(makeSpec("openapi.dereferenced.json", made, failure)));
  const redirects = { "@dingrole/spec/openapi.dereferenced.json": pathToFileURL(spec).href };
  const generator = pathToFileURL(join(root, "packages/client/generate.ts")).href;
  const code = `import { generate } from "${generator}"; console.log(JSON.stringify(await generate()));`;
  return JSON.parse(run(["--input-type=module", "--eval", code], { redirects }));
}

/** The bytes, after gzip, that one operation adds to a bundle of the client's source. */
export async function measureOperationSize(kind: Kind): Promise<number> {
  say("generating operations, bundling them");
  const contents = generateClient(makeOperations(100))["operations.ts"] as string;
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

/** The client's named interfaces and openapi-fetch's generics, on 1,000 operations. */
export function measureTypes(): Record<Style, Record<Program, TypeCost>> {
  say("types of 1,000 operations");
  const made = makeOperations(1000);
  rmSync(join(generated, "types"), { recursive: true, force: true });
  writeNamed(made);
  writeGeneric(made);
  return { named: checkAll("named"), generic: checkAll("generic") };
}

function writeNamed(made: MadeOperation[]) {
  const types = generateClient(made)["types.ts"] as string;
  const head = `import { createClient } from "@dingrole/client";
import type { Operations } from "./types.ts";
const client = createClient({ accessToken: "token" }) as unknown as Operations;\n`;
  const calls = made.map(({ id, input }) => `client.${id}({ ${fieldsOf(input)} })`);
  writePrograms("named", { "types.ts": types.replaceAll('"../call-options.ts"', '"@dingrole/client"') }, head, calls);
}

function writeGeneric(made: MadeOperation[]) {
  const spec = join(generated, "types/openapi.json");
  const failure = () => ({ $ref: "#/components/schemas/ErrorEnvelope" });
  writeFileSync(spec, JSON.stringify(makeSpec("openapi.json", made, failure)));
  const generator = programOf("openapi-typescript", "openapi-typescript", "packages/types");
  const types = run([generator, spec], { cwd: join(root, "packages/types") });
  const head = `import createClient from "openapi-fetch";
import type { paths } from "./types.ts";
const client = createClient<paths>({ baseUrl: "https://oapi.dingtalk.io" });\n`;
  const calls = made.map(({ path, method, input }) => {
    const fields = `{ ${fieldsOf(input)} }`;
    const options = method === "get" ? `params: { query: ${fields} }` : `body: ${fields}`;
    return `client.${method.toUpperCase()}("${path}", { ${options} })`;
  });
  writePrograms("generic", { "types.ts": types }, head, calls);
}

function fieldsOf(input: string[]): string {
  return input.map((field) => `${field}: ${exampleOf(field)}`).join(", ");
}

/** Three programs that differ in how many calls they make. */
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
