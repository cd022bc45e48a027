/**
 * Builds the site into dist/: the operations with their programs, the error codes, the guides and the client's reference, and the description to
 * download. `redocly build-docs` prerenders the operations; the script that its page would load from a CDN is bundled beside
 * it, as a classic script, because browsers load no module from `file://`. TypeDoc makes the guides and the reference.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { readDocument } from "@dingrole/spec";
import { build, type Plugin } from "vite";
import { stringify } from "yaml";
import { generated } from "../samples/generate.ts";
import { createDefinition, description, options, placeOf } from "./definition.ts";
import { writeGuides } from "./guides.ts";
import { errorsPage, headOf, notFoundPage, operationsInWords, programsPage } from "./page.ts";
import { programsPageOf, programUrls } from "./samples.ts";

const docs = join(import.meta.dirname, "..");
const browser = join(docs, "browser");
/** On the disk of dist/, so that a rename puts the finished site in place. The name has the id of the process that builds. */
const work = join(docs, `.building-${process.pid}`);
const dist = join(work, "dist");

/** Redoc loads its logo from a CDN, and hides it if that fails. */
const withoutLogo: Plugin = {
  name: "without-logo",
  transform(code, id) {
    if (!id.includes("redoc.standalone")) return;
    const logo = /https:\/\/cdn\.redoc\.ly\/redoc\/logo-[\w-]+\.svg/g;
    if (!logo.test(code))
      throw new Error("Redoc's bundle must load its logo from cdn.redoc.ly: find the new address and replace it here");
    return { code: code.replaceAll(logo, "data:,"), map: null };
  },
};

removeLeftOvers();
try {
  if (await buildSite()) putInPlace();
  else process.exitCode = 1; // TypeDoc has printed the error.
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function buildSite(): Promise<boolean> {
  mkdirSync(dist, { recursive: true });
  const definition = createDefinition();
  writeFileSync(join(work, "openapi.json"), JSON.stringify(definition));
  const page = prerender(join(work, "openapi.json"), join(work, "index.html"));
  const script = await bundleScript();
  const programs = Object.fromEntries(description.operations.map(({ id, tag }) => [placeOf(tag, id), programUrls(id)]));
  writeFileSync(join(dist, "index.html"), selfContained(page, script, { definition, options, programs }));

  writeFileSync(join(dist, "errors.html"), errorsPage());
  writeFileSync(join(dist, "404.html"), notFoundPage());
  for (const file of ["errors.js", "pages.css", "redoc.css"]) copyFileSync(join(browser, file), join(dist, file));
  for (const operation of description.operations)
    writeFileSync(join(dist, programsPageOf(operation.id)), programsPage(operation));
  cpSync(join(generated, "full"), join(dist, "programs"), { recursive: true });
  const document = readDocument();
  writeFileSync(join(dist, "openapi.json"), `${JSON.stringify(document, null, 2)}\n`);
  writeFileSync(join(dist, "openapi.yaml"), stringify(document));
  const typedoc = ["--logLevel", "Warn", "--out", join(dist, "client"), ...writeGuides(join(work, "guides"))];
  const { status, error } = spawnSync("typedoc", typedoc, { cwd: import.meta.dirname, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) return false;
  linkToSite();
  return true;
}

/** A reader of the site sees the last one or the new one, whole. If a build fails, the last one stays. */
function putInPlace() {
  writeManifest();
  printSizes();
  const site = join(docs, "dist");
  if (existsSync(site)) renameSync(site, join(work, "last"));
  renameSync(dist, site);
}

/** Removes the folders of builds that were killed. */
function removeLeftOvers() {
  for (const folder of globSync(".building-*", { cwd: docs }))
    if (!isRunning(Number(folder.split("-")[1]))) rmSync(join(docs, folder), { recursive: true, force: true });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Lists the site's files. turbo restores a site over another one, and the root's commands remove the files that are not listed. */
function writeManifest() {
  const files = globSync("**", { cwd: dist, withFileTypes: true }).filter((each) => each.isFile());
  const names = files.map((each) => relative(dist, join(each.parentPath, each.name)).replaceAll(sep, "/"));
  writeFileSync(join(dist, "files.json"), `${JSON.stringify([...names, "files.json"].toSorted(), null, 2)}\n`);
}

/** TypeDoc does not adapt the links of its navigation to a page's depth. */
function linkToSite() {
  for (const page of globSync("client/**/*.html", { cwd: dist })) {
    const file = join(dist, page);
    const up = "../".repeat(page.split(sep).length - 1);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll('href="site:', `href="${up}`));
  }
}

/** Prints the size of each file beside index.html. The client's reference is many small ones. */
function printSizes() {
  for (const file of readdirSync(dist).filter((each) => /\.(html|js|css|json|yaml)$/.test(each))) {
    const bytes = readFileSync(join(dist, file));
    const kB = (size: number) => `${(size / 1000).toFixed(0)} kB`;
    process.stdout.write(
      `${file.padEnd(24)} ${kB(bytes.length).padStart(8)} ${kB(gzipSync(bytes).length).padStart(8)} gzip\n`,
    );
  }
}

function prerender(input: string, output: string): string {
  execFileSync("redocly", ["build-docs", input, "--output", output], {
    cwd: docs,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
  });
  return readFileSync(output, "utf8");
}

/** Bundles the page's script and returns its name, which holds a hash of its content. */
async function bundleScript(): Promise<string> {
  const [result] = [
    await build({
      root: docs,
      configFile: false,
      logLevel: "error",
      plugins: [withoutLogo],
      build: {
        outDir: dist,
        emptyOutDir: false,
        rolldownOptions: {
          input: join(browser, "hydrate.js"),
          output: { format: "iife", entryFileNames: "redoc.[hash].js" },
        },
      },
    }),
  ].flat();
  if (!result || !("output" in result)) throw new Error("vite must build a script");
  return result.output[0].fileName;
}

/** The prerendered page without its link and script to the CDN. */
function selfContained(page: string, script: string, state: object): string {
  const json = JSON.stringify(state).replaceAll("<", "\\u003c");
  const { title, summary } = description;
  return page
    .replaceAll(/href="\/([^"]*)"/g, 'href="#$1"') // Redoc's script routes by the hash, its prerendered links by the path.
    .replace(exactlyOne(page, /<link rel="modulepreload"[^>]*>/g), "")
    .replace("</head>", () => `${headOf(title, summary)}\n<link rel="stylesheet" href="redoc.css">\n</head>`)
    .replace("</body>", () => `${operationsInWords()}\n</body>`)
    .replace(
      exactlyOne(page, /<script type="module">[\s\S]*?<\/script>/g),
      () =>
        `<script type="application/json" id="redoc-state">${json}</script>\n<script defer src="${script}"></script>`,
    );
}

function exactlyOne(page: string, pattern: RegExp): string {
  const [match, ...more] = page.match(pattern) ?? [];
  if (match === undefined || more.length > 0)
    throw new Error(
      `redocly build-docs wrote a page with ${more.length + (match ? 1 : 0)} matches of ${pattern}, not 1`,
    );
  return match;
}
