/** The built command line, as a process. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = join(import.meta.dirname, "../../packages/cli/dist/main.js");

export const secrets = { DINGTALK_APP_KEY: "dingapp", DINGTALK_APP_SECRET: "canary-secret" };

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  process: ChildProcess;
  ended: Promise<Ended>;
}

/** Starts the command without a terminal. It inherits no environment: it sees only the app's key and secret, and `env`. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ""): Started {
  return watch(spawn(process.execPath, [program, ...args], { env: { ...secrets, ...env } }), input);
}

export const run = (...args: Parameters<typeof start>): Promise<Ended> => start(...args).ended;

/** Runs a line in a shell, with `dingrole` as a command. */
export function runInShell(shell: string, line: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const script = `dingrole() { '${process.execPath}' '${program}' "$@"; }\n${line}`;
  return watch(spawn(shell, ["-c", script], { env: { ...secrets, ...env } }), "").ended;
}

/** Starts the command on a new terminal. Its whole output is in `stdout`. */
export function startOnTerminal(args: readonly string[], env: NodeJS.ProcessEnv = {}): Started {
  const command = `exec ${[process.execPath, program, ...args].map((each) => `'${each}'`).join(" ")}`;
  const terminal = { TERM: "xterm-256color", PATH: process.env.PATH, SHELL: "/bin/sh" };
  return watch(spawn("script", ["-qefc", command, "/dev/null"], { env: { ...terminal, ...env } }));
}

function watch(child: ChildProcess, input?: string): Started {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk) => (stdout += chunk));
  child.stderr?.on("data", (chunk) => (stderr += chunk));
  if (input !== undefined) child.stdin?.on("error", () => {}).end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, ended };
}

/** Writes a file into a new folder. */
export function writeTemporary(name: string, content: string | Uint8Array): string {
  const file = join(mkdtempSync(join(tmpdir(), "dingrole-cli-")), name);
  writeFileSync(file, content);
  return file;
}

export const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `组 ${index}`);

export const toCsv = (names: readonly string[]) => `name\n${names.join("\n")}\n`;
