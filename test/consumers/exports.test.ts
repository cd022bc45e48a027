import { createRequire } from "node:module";
import { join } from "node:path";
import { createClient } from "@dingrole/client";
import { type BuildOptions, build } from "esbuild";
import { describe, expect, test } from "vitest";
import { entriesOf, folderOf, names, type PackageName } from "./packages.ts";

// The native compiler cannot be used as a library. This is the compiler of packages/types.
const ts = createRequire(join(folderOf("types"), "package.json"))("typescript");

const entries = names.flatMap(entriesOf);
type Entry = (typeof entries)[number];

/** The exports of an entry at run time. An entry whose types export nothing is a command: an import would run it. */
const valuesOf = async (each: Entry) => (isLibrary(each) ? Object.keys(await import(each.entry)).toSorted() : []);
const isLibrary = (each: Entry) => typedExportsOf(each).length > 0;

const files = entries.map(({ types }) => types);
const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, skipLibCheck: true });

/** All exports of an entry, types and values. */
function typedExportsOf({ types }: Entry): string[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(types));
  return (module ? checker.getExportsOfModule(module) : []).map((symbol: { name: string }) => symbol.name);
}

/** The exports of each operation. They follow from the description, so exports.txt does not list them. */
const operationTypes = Object.keys(createClient({ accessToken: "a" })).flatMap((id) =>
  ["Input", "Result"].map((kind) => id.charAt(0).toUpperCase() + id.slice(1) + kind),
);

const list = (title: string, exported: readonly string[]) =>
  exported.length > 0 ? [`  ${title}:`, ...exported.map((each) => `    ${each}`)] : [];

test("each entry exports what exports.txt lists: npx vitest run -u writes that file", async () => {
  const lines: string[] = [];
  for (const each of entries) {
    const values = await valuesOf(each);
    const typed = typedExportsOf(each);
    expect(values.filter((value) => !typed.includes(value))).toEqual([]);
    const types = typed.filter((type) => !values.includes(type) && !operationTypes.includes(type));
    lines.push(each.entry, ...list("values", values), ...list("types", types.toSorted()), "");
  }
  await expect(lines.join("\n")).toMatchFileSnapshot("exports.txt");
});

test.each(["@dingrole/types", "@dingrole/client"])("%s exports each operation's input and result", (name) => {
  const [each] = entries.filter(({ entry }) => entry === name);
  expect(typedExportsOf(each as Entry)).toEqual(expect.arrayContaining(operationTypes));
});

/** Bundles a program without the packages of other authors. */
async function bundle(contents: string): Promise<{ text: string; imports: string[] }> {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    tsconfigRaw: "{}", // The `paths` of this folder's tsconfig.json lead to the sources.
    format: "esm",
    target: "es2022",
    platform: "node",
    external: ["@stoplight/*", "vitest"],
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const [output] = Object.values(metafile.outputs);
  return { text: outputFiles[0]?.text ?? "", imports: output?.imports.map(({ path }) => path) ?? [] };
}

/** Exports that use the whole package. */
const wholes: Partial<Record<PackageName, readonly string[]>> = {
  client: ["createClient", "callInBatches", "ensureRole", "ensureRoleGroup"],
  mock: ["createMock", "startMock", "test"],
};

describe.each(entries.filter(isLibrary))("$entry", (each) => {
  test("an import without names adds nothing to a bundle", async () => {
    expect(await bundle(`import "${each.entry}";`)).toEqual({ text: "", imports: [] });
  });

  test("each export brings only its own code: no other export, and no other package", async () => {
    const values = await valuesOf(each);
    for (const value of values.filter((name) => !wholes[each.name]?.includes(name))) {
      const { text, imports } = await bundle(`export { ${value} } from "${each.entry}";`);
      const declared = [...text.matchAll(/^(?:var|function|async function|class) (\w+)/gm)].map(([, name]) => name);
      const base = value.endsWith("Error") ? ["DingTalkError"] : [];
      const brought = values.filter((name) => name !== value && !base.includes(name) && declared.includes(name));
      expect(declared, "the test can see the declaration").toContain(value);
      expect(brought, `with ${value}`).toEqual([]);
      expect(imports.filter((path) => !path.startsWith("node:"))).toEqual([]);
    }
  });
});

const bundlers: [string, BuildOptions][] = [
  ["for Node", { platform: "node" }],
  ["for a page", { platform: "browser" }],
  ["by Cloudflare's tools", { platform: "browser", conditions: ["workerd", "worker", "browser"] }],
];

test.each(bundlers)("a bundle %s that imports and requires the client has one copy of it", async (_, options) => {
  const contents = `
    import { ApiError } from "@dingrole/client";
    console.log(require("@dingrole/client").ApiError === ApiError);`;
  const stdin = { contents, resolveDir: import.meta.dirname };
  const { metafile } = await build({
    stdin,
    bundle: true,
    tsconfigRaw: "{}",
    metafile: true,
    write: false,
    logLevel: "error",
    ...options,
  });
  const files = Object.keys(metafile?.inputs ?? {});
  expect(files).toContainEqual(expect.stringMatching(/client\/dist\/index\.js$/));
  expect(files.filter((file) => file.includes("/cjs/"))).toEqual([]);
});
