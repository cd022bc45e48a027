/**
 * The guides as TypeDoc reads them: their own pages, one of the README's sections, so that its tables are written once, and
 * the mock's README.
 * What leads to a file of the repository leads to a page of the site.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { guides } from "./definition.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

const ofReadme = "options-and-errors";
const ofMock = "mock";
const sections = ["## Options", "## Errors", "### Install from the repository"];

/** Writes the guides, and the page that the client's reference begins with, into a folder; returns TypeDoc's arguments. */
export function writeGuides(folder: string): string[] {
  mkdirSync(folder);
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, `${name}.md`), toSite(name, text));
    return join(folder, `${name}.md`);
  };
  const documents = guides.map(([name, title]) => write(name, textOf(name, title)));
  const home = write("client", read("packages/client/README.md"));
  return ["--readme", home, ...documents.flatMap((file) => ["--projectDocuments", file])];
}

function textOf(name: string, title: string): string {
  if (name === ofReadme) return fromReadme(title);
  return name === ofMock
    ? `---\ntitle: ${title}\n---\n\n${read("packages/mock/README.md")}`
    : read(`docs/guides/${name}.md`);
}

function fromReadme(title: string): string {
  const parts = read("README.md").split(/^(?=## |### Install)/m);
  const taken = sections.map((heading) => {
    const part = parts.find((each) => each.startsWith(`${heading}\n`));
    if (!part) throw new Error(`README.md has no section "${heading}", which the site shows as a guide`);
    return part.replace(/^###(?= Install)/, "##");
  });
  return `---\ntitle: ${title}\n---\n\n# ${title}\n\n${taken.join("")}`;
}

function toSite(name: string, text: string): string {
  const page = text
    .replaceAll("[the project's README](../../README.md)", `[Options and errors](./${ofReadme}.md)`)
    .replaceAll("(../../README.md#", `(./${ofReadme}.md#`)
    .replaceAll(/\((\.\.\/\.\.\/)?docs\/guides\//g, "(./")
    .replaceAll(/\((\.\.\/\.\.\/)?packages\/mock\/README\.md/g, `(./${ofMock}.md`)
    .replaceAll(/\((\.\.\/\.\.\/)?spec\/error-codes\.yaml\)/g, "(site:errors.html)"); // build.ts makes it relative.
  for (const { 1: target = "", index } of page.matchAll(/\]\(([^)#]+)[^)]*\)/g))
    if (!/^(https?|site):/.test(target) && !guides.some(([each]) => target === `./${each}.md`))
      throw new Error(`${sourceOf(name)}:${lineOf(page, index)} leads to ${target}, which is no page of the site`);
  return page;
}

function sourceOf(name: string): string {
  if (name === ofReadme) return "README.md, in what the site shows of it";
  return name === "client" || name === ofMock ? `packages/${name}/README.md` : `docs/guides/${name}.md`;
}

const lineOf = (text: string, index: number) => text.slice(0, index).split("\n").length;
