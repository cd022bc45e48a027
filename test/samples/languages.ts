/** How a sample of each language is run, where the machine has what that takes. */
import { accessSync, constants, copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { run as execute } from "../run.ts";

type Command = [program: string, ...args: string[]];

interface Toolchain {
  /** The programs that must all be there. */
  programs: string[];
  /** Makes the command that runs the file. */
  toCommand: (file: string) => Command | Promise<Command>;
}

export interface Language {
  name: string;
  extension: string;
  /** The first that is there is used. */
  toolchains: Toolchain[];
}

export const languages: Language[] = [
  { name: "curl", extension: "sh", toolchains: [{ programs: ["sh", "curl"], toCommand: (file) => ["sh", file] }] },
  {
    name: "TypeScript",
    extension: "ts",
    toolchains: [{ programs: [], toCommand: (file) => [process.execPath, file] }],
  },
  {
    name: "Java",
    extension: "java",
    toolchains: [
      { programs: ["javac", "java"], toCommand: once(compileWithJavac) },
      { programs: ["java"], toCommand: (file) => ["java", file] },
    ],
  },
  { name: "Python", extension: "py", toolchains: [{ programs: ["python3"], toCommand: (file) => ["python3", file] }] },
  { name: "PHP", extension: "php", toolchains: [{ programs: ["php"], toCommand: (file) => ["php", file] }] },
  {
    name: "C#",
    extension: "cs",
    toolchains: [
      { programs: ["mcs", "mono"], toCommand: once(compileWithMono) },
      { programs: ["dotnet"], toCommand: once(compileWithDotnet) },
    ],
  },
  { name: "Go", extension: "go", toolchains: [{ programs: ["go"], toCommand: once(compileWithGo) }] },
];

export function findToolchain({ toolchains }: Language): Toolchain | undefined {
  return toolchains.find(({ programs }) => programs.every(isInstalled));
}

/** What a language lacks, in words. */
export function describeLack({ toolchains }: Language): string {
  return toolchains
    .map(({ programs }) => `no ${programs.filter((each) => !isInstalled(each)).join(" and no ")}`)
    .join(", ");
}

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

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function once(make: (file: string) => Promise<Command>): (file: string) => Promise<Command> {
  const made = new Map<string, Promise<Command>>();
  return (file) => made.get(file) ?? (made.set(file, make(file)).get(file) as Promise<Command>);
}

async function compileWithJavac(file: string): Promise<Command> {
  const classes = makeFolder();
  await execute("javac", ["-d", classes, file]);
  const name = basename(file, ".java");
  // Each run is short: what a long one gains by compiling costs more than it saves.
  return ["java", "-XX:TieredStopAtLevel=1", "-cp", classes, `${name.charAt(0).toUpperCase()}${name.slice(1)}`];
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
