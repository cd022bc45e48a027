/** Before all tests: packs every package, and installs the packages without foreign dependencies in a temporary folder. */
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { install, names, type PackageName, pack, root, selfContained, type Tarball } from "./packages.ts";

declare module "vitest" {
  interface ProvidedContext {
    tarballs: Record<PackageName, Tarball>;
    /** The folder with the installed packages and `programs/`. */
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
  // The programs use other dependencies from the workspace: only our packages are tested here.
  for (const name of ["hono", "undici"])
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
  cpSync(join(import.meta.dirname, "programs"), join(folder, "programs"), { recursive: true });

  provide("tarballs", tarballs);
  provide("installed", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
