/** Before all tests: packs every package, and installs in a temporary folder what needs no other's package. */
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { install, names, type PackageName, pack, root, selfContained, type Tarball } from "./packages.ts";

declare module "vitest" {
  interface ProvidedContext {
    tarballs: Record<PackageName, Tarball>;
    /** The folder in which the packages are installed, with `programs/` in it. */
    installed: string;
  }
}

export default async function setup({ provide }: TestProject) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "dingrole-consumers-")));
  const packed = await Promise.all(names.map(async (name) => [name, await pack(name, folder)] as const));
  const tarballs = Object.fromEntries(packed) as Record<PackageName, Tarball>;

  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await install(
    folder,
    selfContained.map((name) => tarballs[name]),
    "--offline",
  );
  // What the programs have of others' is the workspace's: only the packages are in question here.
  for (const name of ["hono", "undici"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  cpSync(join(import.meta.dirname, "programs"), join(folder, "programs"), { recursive: true });

  provide("tarballs", tarballs);
  provide("installed", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
