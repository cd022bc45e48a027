import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { builtinModules } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { run, start } from "../run.ts";
import { entriesOf, folderOf, install, names, readManifest, selfContained } from "./packages.ts";
import { nodes, runNode } from "./runtimes.ts";

const tarballs = inject("tarballs");
const installed = inject("installed");

describe.each(names)("the tarball of @dingrole/%s", (name) => {
  const { file, contents } = tarballs[name];
  const manifest = readManifest(name);

  test("contains only the built package, the README and the license", () => {
    expect(contents).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    const allowed = /^(LICENSE|README\.md|package\.json|dist\/[\w./-]+\.(js|d\.ts|json))$/;
    expect(contents.filter((path) => !allowed.test(path) || /\.test\b|test-helper/.test(path))).toEqual([]);
  });

  test("contains every file that its exports and its commands name", () => {
    const filesIn = (each: object): string[] =>
      Object.values(each).flatMap((value) => (typeof value === "string" ? value : filesIn(value)));
    const targets = [manifest.bin, manifest.exports].flatMap((each) => filesIn(each ?? {}));
    expect(targets).not.toEqual([]);
    expect(targets.filter((target) => !contents.includes(target.replace("./", "")))).toEqual([]);
  });

  test("lists each imported package as a dependency, and can be published", () => {
    const imports = contents
      .filter((path) => /\.(js|d\.ts)$/.test(path))
      .flatMap((path) => [
        ...readFileSync(join(folderOf(name), path), "utf8").matchAll(/(?:from|import\(|require\()\s*"([^".][^"\n]*)"/g),
      ])
      .map(([, specifier = ""]) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] as string);
    const own = { ...manifest.dependencies, ...manifest.peerDependencies };
    const known = [...Object.keys(own), ...builtinModules.map((each) => `node:${each}`)];
    expect([...new Set(imports)].filter((specifier) => !known.includes(specifier))).toEqual([]);
    expect(manifest.private).toBeUndefined();
    expect(manifest.license).toBe("MIT");
  });

  test("passes publint in strict mode", async () => {
    const { buffer } = new Uint8Array(readFileSync(file));
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true, level: "suggestion" });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  // Except the client, the packages are ES modules only. Every supported Node can require ES modules, so CommonJS gets them on
  // purpose. `moduleResolution: node10` cannot read exports: TypeScript 5.4 with nodenext or bundler is supported.
  const meant = (kind: string, resolution: string | undefined) =>
    (kind === "CJSResolvesToESM" && resolution === "node16-cjs" && name !== "client") ||
    (kind === "NoResolution" && resolution === "node10");

  test("its types match its code in every supported module resolution", async () => {
    const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(file))));
    const problems = checked.types === false ? [] : checked.problems;
    expect(checked.types).toEqual(entriesOf(name).length > 0 ? { kind: "included" } : false);
    expect(
      problems.filter((each) => !meant(each.kind, "resolutionKind" in each ? each.resolutionKind : undefined)),
    ).toEqual([]);
  });
});

test("the packages without foreign dependencies install offline, and install nothing else", () => {
  const lock = JSON.parse(readFileSync(join(installed, "package-lock.json"), "utf8"));
  expect(selfContained).toEqual(expect.arrayContaining(["types", "client"]));
  const own = selfContained.map((name) => `node_modules/@dingrole/${name}`);
  expect(Object.keys(lock.packages).toSorted()).toEqual(["", ...own].toSorted());
});

describe("all installed together", () => {
  let folder: string;
  let seconds: number;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dingrole-all-"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const from = performance.now();
    await install(folder, Object.values(tarballs), "--prefer-offline");
    seconds = (performance.now() - from) / 1000;
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

  test.each(nodes.filter(({ command }) => command))(
    "on $name, the mock answers through each entry",
    async ({ command }) => {
      const program = `
      import { createClient } from "@dingrole/client";
      import { createMock, startMock } from "@dingrole/mock";
      const { url } = await startMock();
      const { clientOptions } = await createMock();
      for (const options of [{ accessToken: "6d1bxxxx", baseUrl: url }, clientOptions])
        console.log(await createClient(options).addRoleGroup({ name: "制造部" }));
      process.argv.push("--port", "0");
      await import("@dingrole/mock/command");`;
      writeFileSync(join(folder, "ways.js"), program);
      const [node] = command as [string];
      const { match, stop } = await start(node, ["ways.js"], /^(.*)dingrole-mock is listening on (\S+),/s, {
        cwd: folder,
      });
      try {
        expect(match[1], "without a warning").toBe("{ groupId: 1560985325 }\n".repeat(2));
        const response = await fetch(`${match[2]}/gettoken?appkey=a&appsecret=b`);
        expect(await response.json()).toMatchObject({ errcode: 0 });
      } finally {
        await stop();
      }
    },
  );

  test("Prism's @scarf/scarf sends no report when npm installs the mock", async () => {
    const reports: string[] = [];
    const server = createHttpServer((request, response) => {
      reports.push(`${request.url}`);
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    rmSync(join(folder, "node_modules/.package-lock.json")); // npm writes this file after the install scripts.
    // The variables that npm sets for an install script, and one that sends the report here. None of the repository's own npm.
    const env = { PATH: process.env.PATH, HOME: folder, INIT_CWD: folder, SCARF_LOCAL_PORT: String(port) };
    await run(process.execPath, ["node_modules/@scarf/scarf/report.js"], { cwd: folder, env });
    server.close();
    expect(reports).toEqual([]);
  });

  test("each command prints its usage", async () => {
    for (const name of names)
      for (const [command, file] of Object.entries(readManifest(name).bin ?? {})) {
        const usage = await runNode([join("node_modules/@dingrole", name, file), "--help"], folder);
        expect(usage).toMatch(new RegExp(`^Usage: ${command} `));
      }
  });

  test("the README of the command line leads to a role group in less than a minute", async () => {
    const from = performance.now();
    const page = readFileSync(join(folderOf("cli"), "README.md"), "utf8");
    const [install, serve, create, printed] = [...page.matchAll(/^```(?:sh|text)\n(.*?)^```$/gms)].map(
      ([, text]) => text,
    );
    expect(install).toBe("npm install --global @dingrole/cli @dingrole/mock\n");
    const port = String(await freePort());
    const env = { PATH: `${join(folder, "node_modules/.bin")}:${process.env.PATH}` };
    const toShell = (line: string) => ["/bin/sh", ["-c", line]] as const;
    const options = { env, cwd: folder };
    const mock = await start(...toShell(`exec ${serve?.trim()} --port ${port}`), /is listening on/, options);
    try {
      const { stdout } = await run(...toShell(String(create).replace("4010", port)), options);
      expect(stdout).toBe(printed);
    } finally {
      await mock.stop();
    }
    expect(seconds + (performance.now() - from) / 1000).toBeLessThan(60);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
