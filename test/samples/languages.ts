/** How the samples of each language are run, if the machine has what that takes. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import type { Language } from "../../docs/samples/languages.ts";
import { run as execute } from "../run.ts";

type Command = [program: string, ...args: string[]];

interface Toolchain {
  /** Programs that must be there, and commands that must succeed. */
  needs: Command[];
  /** Compiles the files at once, if the language is compiled, and says how to run each. */
  prepare: (files: string[]) => Promise<(file: string) => Command>;
}

/** By the name of a language: the first that is there is used. */
const toolchains: Record<string, Toolchain[]> = {
  TypeScript: [interpret([process.execPath])],
  curl: [interpret(["sh"], ["curl"], ["jq"])],
  Java: [{ needs: [["java"], ["javac"], ["jar"]], prepare: compileWithJavac }],
  Python: [interpret(["python3"], ["python3"])],
  PHP: [interpret(["php"], ["php"], ["php", "--re", "curl"])],
  "C#": [
    { needs: [["mcs"], ["mono"]], prepare: compileEach(compileWithMono) },
    { needs: [["dotnet"]], prepare: compileEach(compileWithDotnet) },
  ],
  Go: [{ needs: [["go"]], prepare: compileEach(compileWithGo) }],
};

export const findToolchain = ({ name }: Language): Toolchain | undefined =>
  toolchains[name]?.find(({ needs }) => needs.every(isThere));

/** What a language lacks, in words. */
export const describeLack = ({ name }: Language): string =>
  (toolchains[name] ?? [])
    .map(({ needs }) => needs.filter((each) => !isThere(each)).map((each) => `\`${each.join(" ")}\``))
    .map((commands) => `no ${commands.join(" and no ")}`)
    .join(", ");

/**
 * Makes a program of a short sample: some are the inside of a function. It calls `DINGTALK_BASE_URL` instead of DingTalk's
 * host, and has names of its own.
 */
export const toProgram: Record<string, (source: string, host: string, name: string) => string> = {
  TypeScript: (source, host) =>
    `globalThis.fetch = ((send) => (url, init) => send(url.replace("${host}", process.env.DINGTALK_BASE_URL), init))(fetch);\n${source}`,
  curl: (source, host) => source.replace(host, "$DINGTALK_BASE_URL"),
  Python: (source, host) => source.replace(`"${host}`, `os.environ["DINGTALK_BASE_URL"] + "`),
  PHP: (source, host) => source.replace(`'${host}`, `getenv('DINGTALK_BASE_URL') . '`),
  Java: (source, host, name) =>
    `import static java.nio.charset.StandardCharsets.UTF_8;
import java.net.*;
import java.net.http.*;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
class ${name} {
  public static void main(String[] args) throws Exception {
${source.replace(`"${host}`, `System.getenv("DINGTALK_BASE_URL") + "`)}}
}`.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`),
  "C#": (source, host, name) => `using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Threading.Tasks;
static class ${name} {
  static void Main() { MainAsync().GetAwaiter().GetResult(); }
  static async Task MainAsync() {
${source.replace(`"${host}`, `Environment.GetEnvironmentVariable("DINGTALK_BASE_URL") + "`)}}
}`,
  Go: (source, host) => `package main
${["errors", "io", "log", "net/http", "net/url", "os"].map((each) => `import "${each}"\n`).join("")}
func main() {
${source.replace(`"${host}`, `os.Getenv("DINGTALK_BASE_URL")+"`)}}`,
};

export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end, whichever that is. It must not block: the mock that is called lives in this process. */
export async function run([program, ...args]: Command, env: NodeJS.ProcessEnv): Promise<Ended> {
  try {
    return { exitCode: 0, ...(await execute(program, args, { env, timeout: 110_000 })) };
  } catch (error) {
    const { code, killed, stdout, stderr } = error as Ended & { code?: unknown; killed: boolean };
    // Java ends with a code of its own when the time is over.
    if (typeof code !== "number" || killed) throw error;
    return { exitCode: code, stdout, stderr };
  }
}

function isThere([program, ...args]: Command): boolean {
  if (args.length > 0) return spawnSync(program, args).status === 0;
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function interpret(command: Command, ...needs: Command[]): Toolchain {
  return { needs, prepare: async () => (file) => [...command, file] };
}

function compileEach(compile: (file: string) => Promise<Command>): Toolchain["prepare"] {
  return async (files) => {
    const commands = new Map<string, Command>();
    for (const file of files) commands.set(file, await compile(file));
    return (file) => commands.get(file) as Command;
  };
}

async function compileWithJavac(files: string[]) {
  const folder = makeFolder();
  // The source of a sample must not depend on the machine's encoding.
  const env = { ...process.env, LC_ALL: "C", JAVA_TOOL_OPTIONS: undefined };
  await execute("javac", ["-d", folder, ...files], { env });
  const jar = join(folder, "samples.jar");
  await execute("jar", ["--create", "--file", jar, "-C", folder, "."], { env });
  const classOf = (file: string) => /^class (\w+)/m.exec(readFileSync(file, "utf8"))?.[1] as string;
  // Each run is short: what a long one gains by compiling costs more than it saves.
  const java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"] as const;
  // An archive of the loaded classes saves a third of each run. A call that fails loads nearly all of them.
  const archive = join(folder, "samples.jsa");
  const toCommand = (file: string, option: string): Command => [
    ...java,
    `-XX:${option}=${archive}`,
    "-cp",
    jar,
    classOf(file),
  ];
  await run(toCommand(files[0] as string, "ArchiveClassesAtExit"), {
    ...env,
    DINGTALK_BASE_URL: "http://127.0.0.1:9",
    DINGTALK_ACCESS_TOKEN: "token",
  });
  return (file: string) => toCommand(file, "SharedArchiveFile");
}

async function compileWithGo(file: string): Promise<Command> {
  const program = join(makeFolder(), "sample");
  await execute("go", ["build", "-o", program, file]);
  return [program];
}

/** Now and then Mono takes 5 to 60 seconds to end: https://github.com/mono/mono/pull/9042 */
async function compileWithMono(file: string): Promise<Command> {
  const program = join(makeFolder(), "sample.exe");
  const libraries = ["System.Net.Http", "System.Runtime.Serialization", "System.Xml", "System.Xml.Linq"];
  await execute("mcs", [...libraries.map((each) => `-r:${each}.dll`), "-langversion:7", `-out:${program}`, file]);
  return ["mono", program];
}

async function compileWithDotnet(file: string): Promise<Command> {
  const folder = makeFolder();
  const { stdout: version } = await execute("dotnet", ["--version"]);
  const framework = `<TargetFramework>net${version.split(".")[0]}.0</TargetFramework>`;
  writeFileSync(
    join(folder, "sample.csproj"),
    `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType>${framework}</PropertyGroup></Project>`,
  );
  copyFileSync(file, join(folder, basename(file)));
  await execute("dotnet", ["build", folder, "--output", join(folder, "built")]);
  return ["dotnet", join(folder, "built", "sample.dll")];
}

function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), "dingrole-sample-"));
}
