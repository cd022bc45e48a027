import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

describe.each(["types", "client", "mock"])("the tarball of @dingrole/%s", (name) => {
  const folder = join(root, "packages", name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

  async function packedFiles(): Promise<string[]> {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: folder });
    const packed = JSON.parse(stdout);
    const [{ files }] = Array.isArray(packed) ? packed : (Object.values(packed) as [{ files: { path: string }[] }]);
    return files.map(({ path }: { path: string }) => path);
  }

  test("has the built package, its page and its license, and nothing else", async () => {
    const files = await packedFiles();
    expect(files).toEqual(
      expect.arrayContaining(["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts"]),
    );
    const allowed = /^(LICENSE|README\.md|package\.json|dist\/[\w./-]+\.(js|d\.ts|json))$/;
    expect(files.filter((file) => !allowed.test(file) || /\.test\b|test-helper/.test(file))).toEqual([]);
  });

  test("has whatever its exports name", async () => {
    const files = await packedFiles();
    const targets = Object.values<Record<string, string>>(manifest.exports).flatMap((each) => Object.values(each));
    expect(targets.filter((target) => !files.includes(target.replace("./", "")))).toEqual([]);
  });

  test("names each package that it imports as a dependency, and can be published", async () => {
    const imports = (await packedFiles())
      .filter((file) => /\.(js|d\.ts)$/.test(file))
      .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/(?:from|import\()\s*"([^".][^"]*)"/g)])
      .map(([, specifier = ""]) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] as string);
    const own = { ...manifest.dependencies, ...manifest.peerDependencies };
    const known = [...Object.keys(own), ...builtinModules.map((each) => `node:${each}`)];
    expect([...new Set(imports)].filter((specifier) => !known.includes(specifier))).toEqual([]);
    expect(manifest.private).toBeUndefined();
    expect(manifest.license).toBe("MIT");
  });
});
