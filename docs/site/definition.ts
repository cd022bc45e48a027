/**
 * The description as the site shows it: each operation with its errors, its token and its samples, the sources folded; and
 * the error codes and the way to the other pages as sections.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Json = any; // The description is data: its lint rules have checked what is relied on here.

export interface ErrorCode {
  code: number;
  class: string;
  evidence: string;
  meaning: string;
  keywords: string[];
  action: string;
  outcome?: "unknown";
  retry?: "new-token" | "next-second" | "back-off";
  note?: string;
}

const read = (file: string): Json =>
  JSON.parse(readFileSync(new URL(import.meta.resolve(`@dingrole/spec/${file}`)), "utf8"));

export const spec: Json = read("openapi.json");
/** With each `$ref` replaced by what it names. */
export const whole: Json = read("openapi.dereferenced.json");
foldSources(whole);
export const errorCodes: ErrorCode[] = spec["x-error-codes"];

/** The classes of codes, in words: this project's reading, as the classes are. */
const classWords: Record<string, string> = {
  busy: "A fault on DingTalk's side",
  credentials: "App key, secret or corpid",
  "invalid-request": "Something sent is wrong, taken or does not exist",
  "ip-allowlist": "The caller's IP is not allowed",
  other: "None of these",
  permission: "Permission, scope or authorization",
  quota: "A count, plan or allowance is used up",
  "rate-limit": "Too many calls in a time",
  success: "Success",
  token: "Access token",
  wrapper: "The code is in sub_code",
};

/** What each class of codes is about: its name, and that in words. */
export const classes = [...new Set(errorCodes.map((each) => each.class))].sort().map((name) => {
  const words = classWords[name];
  if (!words) throw new Error(`docs/site/definition.ts says nothing of the class ${name} of error codes`);
  return { name, words };
});

/** The languages of the samples, by file extension, in the order of their tabs. */
const languages = {
  ts: "TypeScript",
  sh: "curl",
  java: "Java",
  py: "Python",
  php: "PHP",
  cs: "C#",
  go: "Go",
};

export function samplesOf(operationId: string): { lang: string; label: string; source: string }[] {
  return Object.entries(languages).flatMap(([extension, label]) => {
    const file = join(import.meta.dirname, "../samples", `${operationId}.${extension}`);
    if (!existsSync(file)) return []; // test/samples says so.
    return [{ lang: extension === "sh" ? "curl" : label, label, source: readFileSync(file, "utf8") }];
  });
}

/** Redoc's options. It shows the samples of its own languages alone, unless it is told others. */
export const options = {
  disableTelemetry: true,
  codeSamples: { languages: [...Object.values(languages), "Payload"].map((lang) => ({ lang })) },
};

/** The guides, by file name and title. */
export const guides = [
  ["quick-start", "Quick start"],
  ["errors", "Errors"],
  ["retries-and-duplicates", "Retries and duplicates"],
  ["options-and-errors", "Options and errors"],
  ["testing", "Testing with the mock"],
  ["mock", "The mock"],
  ["tokens-on-several-machines", "Tokens on several machines"],
  ["next-js", "In Next.js"],
  ["from-raw-http", "Moving from raw HTTP"],
] as const;

export function createDefinition(): Json {
  const { "x-error-codes": _, ...definition } = structuredClone(spec);
  foldSources(definition);
  for (const [path, item] of Object.entries<Json>(definition.paths))
    for (const [method, operation] of Object.entries<Json>(item)) {
      const name = `\`${operation.operationId}\` is \`${method.toUpperCase()} ${path}\`.`; // The search finds it, too.
      operation.description = `${name}\n\n${describe(whole.paths[path][method])}`;
      operation["x-codeSamples"] = samplesOf(operation.operationId);
    }

  const operationTags = definition.tags.map(({ name }: Json) => name);
  const codeTags = classes.map(({ name, words }) => ({
    name: `Errors: ${name}`,
    description: `${words}.\n\n${toTable(errorCodes.filter((each) => each.class === name))}`,
  }));
  const more = { name: "Guides and client", description: toLinks() };
  definition.tags.push(more, ...codeTags);
  definition["x-tagGroups"] = [
    { name: "Operations", tags: operationTags },
    { name: "Client", tags: [more.name] },
    { name: "Error codes", tags: codeTags.map(({ name }) => name) },
  ];
  return definition;
}

/** Where Redoc, and the page without JavaScript, have a tag or an operation. */
export const placeOf = (tag: string, operationId?: string) =>
  [tag.replaceAll(" ", "-"), operationId].filter(Boolean).join("/").toLowerCase();

/** The operation in words, with what its callers must know from elsewhere in the description: the token and the errors. */
export function describe(operation: Json): string {
  const { description, security = spec.security, "x-errcodes": listed = [] } = operation;
  const isCreate = operation["x-effect"] === "neither";
  const fold = description.lastIndexOf("<details>");
  return [
    description.slice(0, fold),
    security.length > 0 && `**In the query, required:** ${tokenInWords()}`,
    listed.length > 0 &&
      `**Error codes** that its callers meet; any other of [all codes](errors.html) may come.\n\n${toTable(codesOf(listed), isCreate)}`,
    description.slice(fold),
  ]
    .filter((each) => each !== false && each !== "")
    .map((each) => each.trim())
    .join("\n\n");
}

/** The token's parameter, and the operation that it comes from. */
export function tokenInWords(): string {
  const from = Object.values<Json>(spec.paths)
    .flatMap((item) => Object.values<Json>(item))
    .find(({ operationId }) => operationId === spec["x-gateway"].token.operation);
  const names = Object.values<Json>(spec.components.securitySchemes).map(({ name }) => `\`${name}\``);
  return `${names.join(", ")}, the app's token, of [\`${from.operationId}\`](#${placeOf(from.tags[0], from.operationId)}).`;
}

const codesOf = (listed: number[]) => errorCodes.filter(({ code }) => listed.includes(code));

const cell = (text: string) => text.replaceAll("|", "\\|");

function toTable(rows: ErrorCode[], isCreate?: boolean): string {
  const again = isCreate === undefined ? "" : " Send again |";
  return [
    `| Code | Meaning | What to do |${again}\n|---|---|---|${again && "---|"}`,
    ...rows.map((each) => {
      const { code, meaning, action } = each;
      const known = `| [${code}](errors.html#error-${code}) | ${cell(meaning)} | ${cell(action)} |`;
      return again ? `${known} ${sendAgain(each, isCreate)} |` : known;
    }),
  ].join("\n");
}

/** Whether a call that got the code may be sent again: one that creates something only where it surely was not carried out. */
export function sendAgain({ outcome, retry }: ErrorCode, isCreate?: boolean): string {
  if (retry === "new-token") return "yes, with a new token";
  if (retry === "next-second") return "yes, after 1 s";
  if (retry === "back-off") return "yes, after 1, 2, 4 s";
  if (outcome !== "unknown") return "no";
  if (isCreate === undefined) return "safe or idempotent: yes; a create: look first";
  return isCreate ? "look first" : "yes";
}

/**
 * Shortens the lines of evidence, with which each description ends (spec/lint-rules.js). Those of an operation or an example
 * become a part that opens: its heading says how well the facts are known, and it lists the sources, an operation's with
 * those of its fields. A field only says how well it is known: Redoc's search would show the markup of its description.
 */
export function foldSources(node: Json) {
  if (typeof node !== "object" || node === null) return;
  for (const each of Object.values(node)) foldSources(each);
  const evidence = evidenceOf(node);
  const paragraphs = typeof node.description === "string" ? node.description.split("\n\n") : [];
  if (evidence.length === 0 || !/^_(Doc|Obs|Inf)/.test(paragraphs.at(-1) ?? "")) return;
  const facts = paragraphs.slice(0, -evidence.length);
  const isField = node.in ? node.schema : node.type;
  node.description = [...facts, isField ? `Known: ${gradesIn(evidence)}.` : fold(node)].join("\n\n");
}

function evidenceOf(node: Json): Json[] {
  return [node["x-evidence"] ?? []].flat();
}

function nameOf(of: string | number) {
  if (of === "x-effect") return "effect";
  return of === "x-errcodes" ? "error codes" : of;
}

function fold(node: Json): string {
  const claims = [
    ...evidenceOf(node).map((each) => toClaim(each)),
    ...fieldsOf(node).flatMap(([name, field]) => evidenceOf(field).map((each) => toClaim(each, name))),
  ];
  const list = [...new Set(claims)].join("\n");
  return `<details><summary>Sources: ${gradesIn(evidenceOf(node))}</summary>\n\n${list}\n\n</details>`;
}

function gradesIn(evidence: Json[]): string {
  const [first, ...others] = [...new Set(evidence.map(({ grade }) => grade))];
  const ofGrade = (grade: string) =>
    evidence.filter((each) => each.grade === grade).map(({ of }) => nameOf(of ?? "all else"));
  return [first, ...others.map((grade) => `${grade}: ${ofGrade(grade).join(", ")}`)].join("; ");
}

function toClaim({ grade, of, source, note }: Json, field?: string): string {
  const { title, url } = spec["x-sources"][source];
  const claim = `${field ? `\`${field}\`: ` : ""}${grade}${of === undefined ? "" : ` (${nameOf(of)})`}`;
  return `- ${claim}: ${url ? `[${title}](${url})` : title}.${note ? ` ${note}` : ""}`;
}

/** The parameters and properties of an operation, by name, where no `$ref` hides them. */
function fieldsOf(node: Json): [string, Json][] {
  const parameters: [string, Json][] = (node.parameters ?? []).map((each: Json) => [each.name, each]);
  const contents = [node.requestBody, ...Object.values<Json>(node.responses ?? {})].flatMap((each) =>
    Object.values<Json>(each?.content ?? {}),
  );
  const schemas = contents.flatMap(({ schema }) => schema.oneOf ?? schema);
  return [...parameters, ...schemas.flatMap(({ properties }) => Object.entries<Json>(properties ?? {}))];
}

function toLinks(): string {
  const links = guides.map(([file, title]) => `- [${title}](${guideUrl(file)})`);
  return `Guides to \`@dingrole/client\`:\n\n${links.join("\n")}\n\n[The client's reference](client/index.html) · [All error codes on one page](errors.html) · this description as [YAML](openapi.yaml) and [JSON](openapi.json)`;
}

export function guideUrl(file: string): string {
  const title = guides.find(([name]) => name === file)?.[1] ?? "";
  return `client/documents/${title.replaceAll(" ", "_")}.html`;
}
