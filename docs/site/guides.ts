/**
 * The guides as TypeDoc reads them: docs/guides/ and the mock's README. A link to a file of the repository becomes a link to
 * a page of the site.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** In the menu's order. */
const names = [
  "quick-start",
  "options",
  "errors",
  "retries-and-duplicates",
  "create-once",
  "lists-and-batches",
  "testing",
  "mock",
  "tokens-on-several-machines",
  "next-js",
  "openapi-fetch",
  "from-raw-http",
];

const toFile = (name: string) => (name === "mock" ? "packages/mock/README.md" : `docs/guides/${name}.md`);

for (const file of readdirSync(join(root, "docs/guides")))
  if (!names.includes(basename(file, ".md")))
    throw new Error(`docs/guides/${file} must be in the list of guides of docs/site/guides.ts`);

export const guides = names.map((name) => {
  const text = name === "mock" ? `---\ntitle: The mock\n---\n\n${read(toFile(name))}` : read(toFile(name));
  const title = /^title: (.+)$/m.exec(text)?.[1];
  if (!title) throw new Error(`${toFile(name)} must begin with a title`);
  return { name, title, text, url: `client/documents/${title.replaceAll(" ", "_")}.html` };
});

/** Writes the guides, and the first page of the client's reference, into a folder. Returns TypeDoc's arguments. */
export function writeGuides(folder: string): string[] {
  mkdirSync(folder);
  const write = (name: string, source: string, text: string) => {
    const file = join(folder, `${name}.md`);
    writeFileSync(file, toSite(source, text));
    return file;
  };
  const documents = guides.map(({ name, text }) => write(name, toFile(name), text));
  const home = "packages/client/README.md";
  return ["--readme", write("client", home, read(home)), ...documents.flatMap((file) => ["--projectDocuments", file])];
}

function toSite(source: string, text: string): string {
  const page = text
    .replaceAll(/\((\.\.\/\.\.\/)?docs\/guides\//g, "(./")
    .replaceAll(/\((\.\.\/\.\.\/packages|\.\.)\/mock\/README\.md/g, "(./mock.md")
    .replaceAll(/\((\.\.\/\.\.\/)?spec\/error-codes\.yaml\)/g, "(site:errors.html)"); // build.ts makes it relative.
  for (const { 1: target = "", index } of page.matchAll(/\]\(([^)#]+)[^)]*\)/g))
    if (!/^(https?|site):/.test(target) && !names.some((name) => target === `./${name}.md`))
      throw new Error(`${source}:${lineOf(page, index)} leads to ${target}, which is not a page of the site`);
  return page;
}

const lineOf = (text: string, index: number) => text.slice(0, index).split("\n").length;
