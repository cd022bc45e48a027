/** The samples as the site shows them: the short ones beside the operation, and the full programs on a page of their own. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { generated, nameOf } from "../samples/generate.ts";
import { languages } from "../samples/languages.ts";

function read(kind: string, file: string): string {
  const path = join(generated, kind, file);
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new Error(`docs/samples/generated/${kind}/${file} is missing: run npm run generate`);
}

/** The samples in the shape that Redoc shows. */
export const samplesOf = (operation: { id: string }) =>
  languages.map((language) => ({
    lang: language.name,
    label: language.name,
    source: read("short", nameOf(operation, language)),
  }));

export const programsPageOf = (id: string) => `programs-${id}.html`;

/** The full programs, each with its place in the site and in its page. */
export const programsOf = (id: string) =>
  languages.map((language) => {
    const file = nameOf({ id }, language);
    return { name: language.name, anchor: language.extension, file, source: read("full", file) };
  });

/** Where the full programs are, by language. */
export const programUrls = (id: string) =>
  Object.fromEntries(programsOf(id).map(({ name, anchor }) => [name, `${programsPageOf(id)}#${anchor}`]));
