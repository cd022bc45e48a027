import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createClient } from "@dingrole/client";
import { expect, test } from "vitest";
import { compilers } from "./compilers.ts";

// The native compiler cannot be used as a library. This is the compiler of packages/types.
const ts = createRequire(import.meta.url)(compilers[1]?.path as string);

const root = join(import.meta.dirname, "../..");
const cli = join(root, "packages/cli");
/** A fresh clone: nothing is built. */
const clone = { ...ts.sys, fileExists: (path: string) => !/[/\\]dist[/\\]/.test(path) && ts.sys.fileExists(path) };
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(cli, "tsconfig.json"), ts.sys.readFile).config,
  ts.sys,
  cli,
);

/** The signature that an editor shows first, inside each empty pair of parentheses. */
function signaturesIn(text: string): string[] {
  const file = join(import.meta.dirname, "typed.ts"); // This file exists only in memory.
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => ({ module: ts.ModuleKind.NodeNext, strict: true, types: [] }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path: string) => ts.ScriptSnapshot.fromString(path === file ? text : ts.sys.readFile(path)),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  });
  return [...text.matchAll(/\(\)/g)].map(({ index }) => {
    const { items, selectedItemIndex } = service.getSignatureHelpItems(file, index + 1, {});
    const { prefixDisplayParts, parameters, separatorDisplayParts, suffixDisplayParts } = items[selectedItemIndex];
    const textOf = (parts: { text: string }[]) => parts.map((part) => part.text).join("");
    const between = textOf(separatorDisplayParts);
    const named = parameters.map((each: { displayParts: [] }) => textOf(each.displayParts)).join(between);
    return textOf(prefixDisplayParts) + named + textOf(suffixDisplayParts);
  });
}

test("signature help first shows the usual call: an operation with only its input", () => {
  const ids = Object.keys(createClient({ accessToken: "a" }));
  const typed = [
    'import { createClient } from "@dingrole/client";',
    "createClient();",
    "declare const client: ReturnType<typeof createClient>;",
    ...ids.map((id) => `client.${id}();`),
  ];
  const expected = ids.map((id) => {
    const name = id.charAt(0).toUpperCase() + id.slice(1);
    return expect.stringMatching(`^${id}\\(input[?]?: ${name}Input, options[?]: .*\\): Promise<${name}Result>$`);
  });
  expect(signaturesIn(typed.join("\n"))).toEqual(["createClient(options: ClientOptions): Client", ...expected]);
});

test("go to definition of createClient in the command line leads to the client's source, built or not", () => {
  const file = join(cli, "src/connection.ts");
  const service = ts.createLanguageService({
    ...clone,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path: string) => ts.ScriptSnapshot.fromString(ts.sys.readFile(path)),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  });
  const call = readFileSync(file, "utf8").indexOf("createClient(");
  const definitions: { fileName: string }[] = service.getDefinitionAtPosition(file, call);
  expect(new Set(definitions.map(({ fileName }) => fileName))).toEqual(
    new Set([join(root, "packages/client/src/create-client.ts")]),
  );
});

test("an editor finds the source of every entry of the published packages, and of no other file", () => {
  const find = (name: string) =>
    ts.resolveModuleName(name, join(cli, "src/main.ts"), options, clone).resolvedModule?.resolvedFileName;
  const entries = ["types", "client", "mock"].flatMap((name) => {
    const { exports } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    return Object.keys(exports).map((entry) => join("@dingrole", name, entry));
  });
  for (const entry of entries) expect(find(entry), entry).toMatch(/packages[/\\]\w+[/\\]src[/\\][\w-]+\.ts$/);
  const { paths } = options;
  expect(Object.keys(paths).toSorted()).toEqual(entries.toSorted());
});
