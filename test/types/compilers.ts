import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.ts";

const root = join(import.meta.dirname, "../..");

export interface Compiler {
  path: string;
  version: string;
}

/** The oldest supported compiler, the last one in JavaScript, and the native one. */
export const compilers: Compiler[] = ["test/types", "packages/types", "."].map((folder) => {
  const path = join(root, folder, "node_modules/typescript");
  return { path, version: JSON.parse(readFileSync(join(path, "package.json"), "utf8")).version as string };
});

/** The targets that a program is compiled for. */
export const targets = {
  nodenext: { module: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

const settings = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  verbatimModuleSyntax: true,
  noEmit: true,
  target: "es2022",
  lib: ["es2022", "dom", "dom.iterable"],
  types: [],
};

/** The errors of a compiler; empty if all programs compile. */
export async function compile({ path }: Compiler, programs: string | string[], options: object): Promise<string> {
  const project = mkdtempSync(join(import.meta.dirname, ".project-"));
  try {
    const config = { compilerOptions: { ...settings, ...options }, files: [programs].flat() };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config));
    await run(process.execPath, [join(path, "bin/tsc"), "--project", project]);
    return "";
  } catch (error) {
    return (error as { stdout?: string }).stdout || String(error);
  } finally {
    rmSync(project, { recursive: true });
  }
}
