/** The packages that are published, packed as they would be. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.ts";

/** The packages. What is added here is held to all that the others are. */
export const names = ["types", "client", "mock", "cli"] as const;
export type PackageName = (typeof names)[number];

export const root = join(import.meta.dirname, "../..");
export const folderOf = (name: PackageName) => join(root, "packages", name);

/** By condition, the file of an entry. */
interface Exports {
  [condition: string]: string | Exports;
  default: string;
}

export interface Manifest {
  name: string;
  version: string;
  license: string;
  private?: boolean;
  exports?: Record<string, Exports>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

export function readManifest(name: PackageName): Manifest {
  return JSON.parse(readFileSync(join(folderOf(name), "package.json"), "utf8"));
}

/** How a package is imported, `@dingrole/client/node`, and the file of that entry's types. */
export function entriesOf(name: PackageName): { name: PackageName; entry: string; types: string }[] {
  return Object.entries(readManifest(name).exports ?? {}).map(([path, { default: file }]) => ({
    name,
    entry: `@dingrole/${name}${path.slice(1)}`,
    types: join(folderOf(name), file.replace(/\.js$/, ".d.ts")),
  }));
}

/** Those that have nobody else's package below them. */
export const selfContained = names.filter((name) =>
  Object.keys(readManifest(name).dependencies ?? {}).every((dependency) => dependency.startsWith("@dingrole/")),
);

export interface Tarball {
  file: string;
  /** The paths in it. */
  contents: string[];
}

/** Packs what is built. */
export async function pack(name: PackageName, folder: string): Promise<Tarball> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const stdout = await npm(args, folderOf(name));
  const packed = JSON.parse(stdout);
  const [{ filename, files }] = Array.isArray(packed) ? packed : (Object.values(packed) as typeof packed);
  return { file: join(folder, filename), contents: files.map(({ path }: { path: string }) => path) };
}

/** Installs tarballs in a folder, as a stranger would. */
export async function install(folder: string, tarballs: readonly Tarball[], ...flags: string[]): Promise<void> {
  const files = tarballs.map(({ file }) => file);
  await npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", ...flags, ...files], folder);
}

/** Without what the `npm` that runs this tells its scripts: it is about the workspace. */
async function npm(args: string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name)));
  return (await run("npm", args, { cwd, env, shell: process.platform === "win32" })).stdout;
}
