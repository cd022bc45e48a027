/** Packs the packages in the same way as a release. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.ts";

/** The published packages. All tests run for each of them. */
export const names = ["types", "client", "mock", "cli"] as const;
export type PackageName = (typeof names)[number];

export const root = join(import.meta.dirname, "../..");
export const folderOf = (name: PackageName) => join(root, "packages", name);

/** The file of an entry, by condition. */
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

/** The entries of a package: the name of the import, such as `@dingrole/client/node`, and the file of its types. */
export function entriesOf(name: PackageName): { name: PackageName; entry: string; types: string }[] {
  return Object.entries(readManifest(name).exports ?? {}).map(([path, { default: file }]) => ({
    name,
    entry: `@dingrole/${name}${path.slice(1)}`,
    types: join(folderOf(name), file.replace(/\.js$/, ".d.ts")),
  }));
}

/** The packages without foreign dependencies. */
export const selfContained = names.filter((name) =>
  Object.keys(readManifest(name).dependencies ?? {}).every((dependency) => dependency.startsWith("@dingrole/")),
);

export interface Tarball {
  file: string;
  /** The paths in the tarball. */
  contents: string[];
}

/** Packs the built files. */
export async function pack(name: PackageName, folder: string): Promise<Tarball> {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const stdout = await npm(args, folderOf(name));
  const packed = JSON.parse(stdout);
  const [{ filename, files }] = Array.isArray(packed) ? packed : (Object.values(packed) as typeof packed);
  return { file: join(folder, filename), contents: files.map(({ path }: { path: string }) => path) };
}

/** Installs tarballs in a folder, as any user would. */
export async function install(folder: string, tarballs: readonly Tarball[], ...flags: string[]): Promise<void> {
  const files = tarballs.map(({ file }) => file);
  await npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", ...flags, ...files], folder);
}

/** Without the variables that `npm` sets for its scripts: they describe the workspace. */
async function npm(args: string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name)));
  return (await run("npm", args, { cwd, env, shell: process.platform === "win32" })).stdout;
}
