/** The kinds of clients that are measured. Generates clients, and builds each kind into one file. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";

export interface Kind {
  name: string;
  /** The file in `kinds/`, without `.js`. */
  file: string;
  /** Whether it runs on Node only. */
  node?: true;
}

/** The first kind is the baseline for the others. */
export const kinds: Kind[] = [
  { name: "fetch", file: "fetch" },
  { name: "@dingrole/client", file: "client" },
  { name: "@dingrole/client/node", file: "client-node", node: true },
  { name: "@dingrole/client/openapi-fetch", file: "client-openapi-fetch" },
  { name: "fetch-with-timeout", file: "fetch-with-timeout" },
  { name: "undici.request", file: "undici", node: true },
  { name: "openapi-fetch", file: "openapi-fetch" },
  { name: "hey-api", file: "hey-api" },
  { name: "orval", file: "orval" },
  { name: "ky", file: "ky" },
  { name: "axios", file: "axios" },
  { name: "node-dingtalk", file: "node-dingtalk", node: true },
  { name: "@larksuiteoapi/node-sdk", file: "lark", node: true },
];

export const directory = import.meta.dirname;
export const root = join(directory, "../..");
export const generated = join(directory, ".generated");
const spec = join(root, "spec/dist/openapi.json");
export const builtFile = ({ file }: Kind) => join(generated, "kinds", `${file}.js`);

/** Prints a line of progress on stderr: stdout is for the tables. */
export function say(text: string) {
  process.stderr.write(`${text}\n`);
}

/** Runs a Node program to its end, and returns its output. Throws if it fails. */
export function run(
  args: string[],
  { cwd = directory, redirects = {} as Record<string, string>, env: more = {} as Record<string, string> } = {},
) {
  const env: NodeJS.ProcessEnv = { ...process.env, TURBO_TELEMETRY_DISABLED: "1", ...more };
  if (Object.keys(redirects).length > 0) {
    env.REDIRECTS = JSON.stringify(redirects);
    env.NODE_OPTIONS = `--import ${pathToFileURL(join(directory, "redirect.ts"))}`;
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: Infinity,
  });
  if (status !== 0) throw new Error(`${args.join(" ")} failed:\n${(stdout + stderr).slice(-2000)}`);
  return stdout;
}

/** The path of a package's program, as it is found from the folder `from`. */
export function programOf(name: string, program: string, from = "test/bench"): string {
  for (const base of [join(root, from), root]) {
    const folder = join(base, "node_modules", name);
    try {
      const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      return join(folder, typeof bin === "string" ? bin : bin[program]);
    } catch {}
  }
  throw new Error(`${name} must be installed: run npm ci`);
}

/** Builds the workspaces that the kinds use, and generates the clients of hey-api and orval. */
export function generateClients() {
  say("building the client, generating the clients of hey-api and orval");
  buildWorkspaces();
  generateHeyApi("fetch", "hey-api");

  const mutator = { path: "../kinds/orval-fetch.js", name: "send" };
  const output = { target: "orval.ts", client: "fetch", override: { mutator } };
  const config = join(generated, "orval.config.mjs");
  writeFileSync(config, `export default ${JSON.stringify({ dingrole: { input: spec, output } })};\n`);
  run([programOf("orval", "orval"), "--config", config]);
}

/** Builds the workspaces that the kinds use, and generates the clients that can retry. */
export function generateRetryingClients() {
  say("building the client, generating the clients of hey-api and Redocly");
  buildWorkspaces();
  generateHeyApi("ky", "hey-api-ky");
  run([programOf("@redocly/cli", "redocly"), "generate-client", spec, "--output", join(generated, "redocly.ts")], {
    env: { REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
  });
}

function buildWorkspaces() {
  run([programOf("turbo", "turbo"), "run", "build", "--filter=@dingrole/test-bench^..."], { cwd: root });
  mkdirSync(generated, { recursive: true });
  writeFileSync(join(generated, ".gitignore"), "*\n");
}

function generateHeyApi(transport: "fetch" | "ky", folder: string) {
  const typescript = pathToFileURL(join(root, "packages/types/node_modules/typescript/lib/typescript.js")).href;
  const heyApi = [programOf("@hey-api/openapi-ts", "openapi-ts"), "-i", spec, "-o", join(generated, folder)];
  run([...heyApi, "-c", `@hey-api/client-${transport}`, "--no-log-file"], { redirects: { typescript } });
}

/** Builds one file for each kind, for Node. Generated code is inside; packages are imported. */
export async function buildKinds(chosen: Kind[]) {
  await build({
    entryPoints: chosen.map(({ file }) => join(directory, "kinds", `${file}.js`)),
    outbase: join(directory, "kinds"),
    outdir: join(generated, "kinds"),
    bundle: true,
    packages: "external",
    tsconfigRaw: "{}", // The `paths` of this folder's tsconfig.json lead to the sources.
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
}

/** The size of everything that a kind needs to create a client and make the call, in bytes after gzip. */
export async function measureSize({ file, node }: Kind, plugins: Plugin[] = []): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [join(directory, "kinds", `${file}.js`)],
    write: false,
    bundle: true,
    tsconfigRaw: "{}",
    minify: true,
    format: "esm",
    // Prefers ES modules, as esbuild does for browsers only: it can drop unused code from them.
    ...(node ? { platform: "node", mainFields: ["module", "main"] } : { platform: "browser" }),
    external: ["proxy-agent"], // urllib imports it only if a proxy is set.
    logLevel: "error",
    plugins,
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
}
