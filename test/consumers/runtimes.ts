/** Finds the runtimes: npm installs each that has a build for the platform. */
import { accessSync, constants, globSync } from "node:fs";
import { delimiter, join } from "node:path";
import { build } from "esbuild";
import { run } from "../run.ts";
import { root } from "./packages.ts";

export interface Runtime {
  name: string;
  /** The command that runs a program; `undefined` if the machine lacks the runtime. */
  command: readonly [program: string, ...args: string[]] | undefined;
  /** Where the command comes from. */
  source: string;
}

/** Runs a program on the repository's Node, and returns its output. */
export async function runNode(args: string[], cwd: string): Promise<string> {
  return (await run(process.execPath, args, { cwd })).stdout;
}

/** The first file that matches. */
function find(pattern: string): string | undefined {
  return globSync(pattern, { cwd: root }).map((file) => join(root, file))[0];
}

const nodeOf = (version: number) => find(`node_modules/node-${version}/node_modules/node/bin/node{,.exe}`);

export const nodes: Runtime[] = [
  { name: "the machine's own Node", command: toCommand(machineNode()), source: "the PATH" },
  { name: "the repository's Node", command: [process.execPath], source: "npm's package node" },
  ...[20, 22, 26].map((version) => ({
    name: `Node ${version}`,
    command: toCommand(nodeOf(version)),
    source: "npm's package node",
  })),
];

export const bun: Runtime = {
  name: "Bun",
  command: toCommand(find("node_modules/@oven/bun-*/bin/bun{,.exe}")),
  source: "npm's package bun",
};

/** Deno's permissions for a program: it may only call the mock and read its environment. */
const denoFlags = ["run", "--no-prompt", "--no-remote", "--allow-env", "--allow-net=127.0.0.1"];
export const deno: Runtime = {
  name: "Deno",
  command: toCommand(find("node_modules/@deno/*/deno{,.exe}"), denoFlags),
  source: "npm's package deno",
};

export const workerd: Runtime = {
  name: "Cloudflare's workerd",
  command: toCommand(find("node_modules/@cloudflare/workerd-*/bin/workerd{,.exe}")),
  source: "npm's package workerd",
};

/** Bundles the program of a Worker, with the conditions that Cloudflare's tools use. */
export async function bundleWorker(program: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    tsconfigRaw: "{}", // The `paths` of this folder's tsconfig.json lead to the sources.
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    write: false,
  });
  return outputFiles[0]?.text as string;
}

function toCommand(program: string | undefined, args: string[] = []): Runtime["command"] {
  return program === undefined ? undefined : [program, ...args];
}

/** The machine's own `node`, which the repository's one hides on the PATH. */
function machineNode(): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, process.platform === "win32" ? "node.exe" : "node"))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
