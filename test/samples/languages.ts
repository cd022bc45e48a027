/** Runs the samples of each language that the machine has. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { afterAll } from "vitest";
import type { Language } from "../../docs/samples/languages.ts";
import { run as execute } from "../run.ts";

type Command = [program: string, ...args: string[]];

interface Toolchain {
  /** Programs that must be installed, and commands that must succeed. */
  needs: Command[];
  /** Compiles all files together, if the language is compiled. */
  prepare: (files: string[]) => Promise<Programs>;
}

interface Programs {
  /** The command that runs a program. */
  one: (file: string) => Command;
  /** The command that runs programs in one process, if the language can: starting a process costs more than a sample. */
  all?: (files: readonly string[]) => Command;
}

/** Printed to both outputs before each program that shares a process with others. */
const mark = "=== next program";

/** The toolchains of each language. The first one that the machine has is used. */
const toolchains: Record<string, Toolchain[]> = {
  TypeScript: [{ needs: [], prepare: useNode }],
  curl: [interpret(["sh"], ["curl"], ["jq"])],
  Java: [{ needs: [["java"], ["javac"], ["jar"]], prepare: compileWithJavac }],
  Python: [{ needs: [["python3"]], prepare: findPython }],
  PHP: [interpret(["php"], ["php"], ["php", "--re", "curl"])],
  "C#": [
    { needs: [["mcs"], ["mono"]], prepare: compileEach(compileWithMono) },
    { needs: [["dotnet"]], prepare: compileEach(compileWithDotnet) },
  ],
  Go: [{ needs: [["go"]], prepare: compileEach(compileWithGo) }],
};

export const findToolchain = ({ name }: Language): Toolchain | undefined =>
  toolchains[name]?.find(({ needs }) => needs.every(isThere));

/** Describes the missing programs of a language. */
export const describeLack = ({ name }: Language): string =>
  (toolchains[name] ?? [])
    .map(({ needs }) => needs.filter((each) => !isThere(each)).map((each) => `\`${each.join(" ")}\``))
    .map((commands) => `no ${commands.join(" and no ")}`)
    .join(", ");

/**
 * Makes a program from a short sample: some samples are only the body of a function. The program calls `DINGTALK_BASE_URL`
 * instead of DingTalk's host, and its names are unique.
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
}`.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
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

/** Runs a command until it ends or fails. It must not block, because the mock runs in this process. */
export async function run([program, ...args]: Command, env: NodeJS.ProcessEnv): Promise<Ended> {
  try {
    return { exitCode: 0, ...(await execute(program, args, { env, timeout: 110_000 })) };
  } catch (error) {
    const { code, killed, stdout, stderr } = error as Ended & { code?: unknown; killed: boolean };
    // After a timeout, Java ends with its own exit code.
    if (typeof code !== "number" || killed) throw error;
    return { exitCode: code, stdout, stderr };
  }
}

/**
 * Runs programs in one process if the language can, or else in one process each. A program that fails ends those after it, too:
 * they have no output.
 */
export async function runAll(
  { one, all }: Programs,
  files: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Ended[]> {
  if (!all) return Promise.all(files.map((file) => run(one(file), env)));
  const { exitCode, ...outputs } = await run(all(files), env);
  const [stdout, stderr] = [outputs.stdout, outputs.stderr].map((output) => output.split(`${mark}\n`).slice(1));
  return files.map((_, index) => ({ exitCode, stdout: stdout?.[index] ?? "", stderr: stderr?.[index] ?? "" }));
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
  return { needs, prepare: async () => ({ one: (file) => [...command, file] }) };
}

async function useNode(): Promise<Programs> {
  const all = `for (const file of process.argv.slice(1)) {
  console.log("${mark}");
  console.error("${mark}");
  await import(file);
}`;
  return {
    one: (file) => [process.execPath, file],
    all: (files) => [process.execPath, "--input-type=module", "--eval", all, ...files],
  };
}

/** The `python3` of a version manager is a script, which costs more than the sample. */
async function findPython(): Promise<Programs> {
  const { stdout } = await execute("python3", ["-c", "import sys; print(sys.executable)"]);
  const python = stdout.trim();
  const all = `import runpy, sys
for file in sys.argv[1:]:
    print("${mark}", flush=True)
    print("${mark}", file=sys.stderr, flush=True)
    runpy.run_path(file, run_name="__main__")`;
  return { one: (file) => [python, file], all: (files) => [python, "-c", all, ...files] };
}

function compileEach(compile: (file: string) => Promise<Command>): Toolchain["prepare"] {
  return async (files) => {
    const commands = new Map<string, Command>();
    for (const file of files) commands.set(file, await compile(file));
    return { one: (file) => commands.get(file) as Command };
  };
}

const runAllInJava = `class RunAll {
  public static void main(String[] names) throws Exception {
    for (String name : names) {
      System.out.println("${mark}");
      System.err.println("${mark}");
      var main = Class.forName(name).getDeclaredMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) new String[0]);
    }
  }
}`;

async function compileWithJavac(files: string[]): Promise<Programs> {
  const folder = makeFolder();
  const runner = join(folder, "RunAll.java");
  writeFileSync(runner, runAllInJava);
  // A sample must work with any encoding of the machine.
  const env = { ...process.env, LC_ALL: "C", JAVA_TOOL_OPTIONS: undefined };
  await execute("javac", ["-d", folder, runner, ...files], { env });
  const jar = join(folder, "samples.jar");
  await execute("jar", ["--create", "--file", jar, "-C", folder, "."], { env });
  const classOf = (file: string) => /^class (\w+)/m.exec(readFileSync(file, "utf8"))?.[1] as string;
  // Each run is short, so compiling to machine code would cost more than it saves. So would the certificates: no test uses TLS.
  const java = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djavax.net.ssl.trustStore=NONE"] as const;
  // An archive of the loaded classes saves a third of each run. A failing call loads nearly all classes.
  const archive = join(folder, "samples.jsa");
  const toCommand = (option: string, ...args: string[]): Command => [
    ...java,
    `-XX:${option}=${archive}`,
    "-cp",
    jar,
    ...args,
  ];
  await run(toCommand("ArchiveClassesAtExit", classOf(files[0] as string)), {
    ...env,
    DINGTALK_BASE_URL: "http://127.0.0.1:9",
    DINGTALK_ACCESS_TOKEN: "token",
  });
  return {
    one: (file) => toCommand("SharedArchiveFile", classOf(file)),
    all: (files) => toCommand("SharedArchiveFile", "RunAll", ...files.map(classOf)),
  };
}

async function compileWithGo(file: string): Promise<Command> {
  const program = join(makeFolder(), "sample");
  await execute("go", ["build", "-o", program, file]);
  return [program];
}

/** Mono sometimes takes 5 to 60 seconds to end: https://github.com/mono/mono/pull/9042 */
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

/** Holds what the compilers write. */
const built = mkdtempSync(join(tmpdir(), "dingrole-samples-"));
afterAll(() => rmSync(built, { recursive: true, force: true }));

const makeFolder = () => mkdtempSync(join(built, "sample-"));
