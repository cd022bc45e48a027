/**
 * Builds the site into dist/: Redoc's page, which `redocly build-docs` prerenders, with the script it would load from a CDN
 * beside it (a classic script, not a module: browsers load no module from `file://`); the page of error codes; the guides
 * and the client's reference, by TypeDoc; and the description to download.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
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
import { createDefinition, description, options } from "./definition.ts";
import { writeGuides } from "./guides.ts";
import { errorsPage, headOf, notFoundPage, operationsInWords } from "./page.ts";

const docs = join(import.meta.dirname, "..");
const browser = join(docs, "browser");
/** On the disk of dist/, so that the finished site takes its place at once; named for the process that builds there. */
const work = join(docs, `.building-${process.pid}`);
const dist = join(work, "dist");

/** Redoc asks a CDN for its logo, and hides it where there is none. */
const withoutLogo: Plugin = {
  name: "without-logo",
  transform(code, id) {
    if (!id.includes("redoc.standalone")) return;
    const logo = /https:\/\/cdn\.redoc\.ly\/redoc\/logo-[\w-]+\.svg/g;
    if (!logo.test(code))
      throw new Error("Redoc's bundle has its logo elsewhere: look what the page asks the network for");
    return { code: code.replaceAll(logo, "data:,"), map: null };
  },
};

removeLeftOvers();
try {
  if (await buildSite()) putInPlace();
  else process.exitCode = 1; // TypeDoc has said what is wrong.
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function buildSite(): Promise<boolean> {
  mkdirSync(dist, { recursive: true });
  const definition = createDefinition();
  writeFileSync(join(work, "openapi.json"), JSON.stringify(definition));
  const page = prerender(join(work, "openapi.json"), join(work, "index.html"));
  const script = await bundleScript();
  writeFileSync(join(dist, "index.html"), selfContained(page, script, { definition, options }));

  writeFileSync(join(dist, "errors.html"), errorsPage());
  writeFileSync(join(dist, "404.html"), notFoundPage());
  for (const file of ["errors.js", "pages.css", "redoc.css"]) copyFileSync(join(browser, file), join(dist, file));
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

/** Whoever reads the site sees the last one or this one, whole; where a build fails, the last one stays. */
function putInPlace() {
  writeManifest();
  printSizes();
  const site = join(docs, "dist");
  if (existsSync(site)) renameSync(site, join(work, "last"));
  renameSync(dist, site);
}

/** What a build that was killed could not remove. */
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

/** All that the site has: turbo restores it over another build's, and the root's commands remove what is not in here. */
function writeManifest() {
  const files = globSync("**", { cwd: dist, withFileTypes: true }).filter((each) => each.isFile());
  const names = files.map((each) => relative(dist, join(each.parentPath, each.name)).replaceAll(sep, "/"));
  writeFileSync(join(dist, "files.json"), `${JSON.stringify([...names, "files.json"].toSorted(), null, 2)}\n`);
}

/** TypeDoc writes the links of its navigation as they are, on pages of any depth. */
function linkToSite() {
  for (const page of globSync("client/**/*.html", { cwd: dist })) {
    const file = join(dist, page);
    const up = "../".repeat(page.split(sep).length - 1);
    writeFileSync(file, readFileSync(file, "utf8").replaceAll('href="site:', `href="${up}`));
  }
}

/** Of each file of the site's own folder; the client's reference is many small ones. */
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
  if (!result || !("output" in result)) throw new Error("vite built no script");
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
