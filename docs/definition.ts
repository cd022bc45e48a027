/** The description as Redoc shows it: with the error codes, the samples and the way to the other pages as sections. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Json = any; // The description is data: its lint rules have checked what is relied on here.

export interface ErrorCode {
  code: number;
  class: string;
  evidence: string;
  meaning: string;
  action: string;
  note?: string;
}

const read = (file: string): Json =>
  JSON.parse(readFileSync(new URL(import.meta.resolve(`@dingrole/spec/${file}`)), "utf8"));

export const spec: Json = read("openapi.json");
/** With each `$ref` replaced by what it names. */
export const whole: Json = read("openapi.dereferenced.json");
export const errorCodes: ErrorCode[] = spec["x-error-codes"];

/** What each class of codes is about, as a heading. */
export const classes: string[] = [...new Set(errorCodes.map((each) => each.class))].sort();

/** The languages of the samples, by file extension, in the order of their tabs. */
const languages = {
  sh: "curl",
  ts: "TypeScript",
  java: "Java",
  py: "Python",
  php: "PHP",
  cs: "C#",
  go: "Go",
};

export function samplesOf(operationId: string): { lang: string; label: string; source: string }[] {
  return Object.entries(languages).flatMap(([extension, label]) => {
    const file = join(import.meta.dirname, "samples", `${operationId}.${extension}`);
    if (!existsSync(file)) return []; // test/samples says so.
    return [{ lang: extension === "sh" ? "curl" : label, label, source: readFileSync(file, "utf8") }];
  });
}

/** The guides, by file name and title. */
export const guides = [
  ["quick-start", "Quick start"],
  ["errors", "Errors"],
  ["retries-and-duplicates", "Retries and duplicates"],
  ["testing", "Testing with the mock"],
  ["tokens-on-several-machines", "Tokens on several machines"],
  ["from-raw-http", "Moving from raw HTTP"],
] as const;

export function createDefinition(): Json {
  const { "x-error-codes": _, ...definition } = structuredClone(spec);
  for (const item of Object.values<Json>(definition.paths))
    for (const operation of Object.values<Json>(item)) operation["x-codeSamples"] = samplesOf(operation.operationId);

  const operationTags = definition.tags.map(({ name }: Json) => name);
  const codeTags = classes.map((name) => ({ name: `Errors: ${name}`, description: toTable(name) }));
  const more = { name: "Guides and client", description: toLinks() };
  definition.tags.push(more, ...codeTags);
  definition["x-tagGroups"] = [
    { name: "Operations", tags: operationTags },
    { name: "Client", tags: [more.name] },
    { name: "Error codes", tags: codeTags.map(({ name }) => name) },
  ];
  return definition;
}

function toTable(name: string): string {
  const rows = errorCodes.filter((each) => each.class === name);
  const cell = (text: string) => text.replaceAll("|", "\\|");
  return [
    "| Code | Meaning | What to do |\n|---|---|---|",
    ...rows.map(
      ({ code, meaning, action }) => `| [${code}](errors.html#error-${code}) | ${cell(meaning)} | ${cell(action)} |`,
    ),
  ].join("\n");
}

function toLinks(): string {
  const links = guides.map(([file, title]) => `- [${title}](${guideUrl(file)})`);
  return `Guides to \`@dingrole/client\`:\n\n${links.join("\n")}\n\n[The client's reference](client/index.html) · [All error codes on one page](errors.html) · this description as [YAML](openapi.yaml) and [JSON](openapi.json)`;
}

export function guideUrl(file: string): string {
  const title = guides.find(([name]) => name === file)?.[1] ?? "";
  return `client/documents/${title.replaceAll(" ", "_")}.html`;
}
