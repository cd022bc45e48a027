/**
 * Builds the reference into dist/: the page that `redocly build-docs` prerenders, with the script it would load from a CDN
 * beside it. A classic script, not a module: browsers load no module from `file://`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Plugin } from "vite";

const here = import.meta.dirname;
const dist = join(here, "dist");
const work = mkdtempSync(join(tmpdir(), "dingrole-docs-"));

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

try {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });

  const definition = JSON.parse(readFileSync(new URL(import.meta.resolve("@dingrole/spec/openapi.json")), "utf8"));
  delete definition["x-error-codes"]; // Redoc does not show them.
  writeFileSync(join(work, "openapi.json"), JSON.stringify(definition));

  const options = { disableTelemetry: true };
  const page = prerender(join(work, "openapi.json"), join(work, "index.html"));
  const script = await bundleScript();
  writeFileSync(join(dist, "index.html"), selfContained(page, script, { definition, options }));
} finally {
  rmSync(work, { recursive: true, force: true });
}

function prerender(input: string, output: string): string {
  execFileSync("redocly", ["build-docs", input, "--output", output], {
    cwd: here,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
  });
  return readFileSync(output, "utf8");
}

/** Bundles the page's script and returns its name, which holds a hash of its content. */
async function bundleScript(): Promise<string> {
  const [result] = [
    await build({
      root: here,
      configFile: false,
      logLevel: "error",
      plugins: [withoutLogo],
      build: {
        outDir: dist,
        emptyOutDir: false,
        rolldownOptions: {
          input: join(here, "hydrate.js"),
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
  return page
    .replace(exactlyOne(page, /<link rel="modulepreload"[^>]*>/g), "")
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
