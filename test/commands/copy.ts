import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "@dingrole/dev/turbo";

/** A copy of the repository's work tree, which tests may break. It has turbo's cache, so that cached builds need not run again. */
export function copyRepository() {
  const folder = mkdtempSync(join(tmpdir(), "dingrole-copy-"));
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of files.split("\0").filter((file) => file && existsSync(join(root, file))))
    cpSync(join(root, file), join(folder, file));
  // Hard links to the same files take only a second. The links to the workspaces are relative, so they lead into the copy.
  for (const modules of globSync(["node_modules", "*/node_modules", "*/*/node_modules"], { cwd: root })) {
    const isInWorkspace = existsSync(join(folder, dirname(modules))) && !modules.startsWith("node_modules/");
    if (!isInWorkspace) continue;
    mkdirSync(join(folder, modules));
    // A third of all files are in the Nodes and Jests of test/consumers. No command uses them.
    const used = readdirSync(join(root, modules)).filter((name) => !/^(node|jest)-\d+$/.test(name));
    const sources = used.map((name) => join(root, modules, name));
    // Other suites may delete files of vitest's cache during the copy.
    const copyUsed = '! cp -al "$@" 2>&1 | grep -v vitest-cache';
    execFileSync("sh", ["-c", copyUsed, "sh", ...sources, join(folder, modules)]);
  }
  cpSync(join(root, ".turbo/cache"), join(folder, ".turbo/cache"), { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: folder });
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "--message=Copy");

  const at = (file: string) => join(folder, file);
  return {
    at,
    read: (file: string) => readFileSync(at(file), "utf8"),
    edit(file: string, from: RegExp, to: string) {
      const text = readFileSync(at(file), "utf8");
      if (!from.test(text)) throw new Error(`${file} must contain ${from}`);
      writeFileSync(at(file), text.replace(from, to));
    },
    /**
     * Starts a command. `until` resolves with the output as soon as it matches. `next` does the same for later output only.
     * `ended` resolves when the command has ended.
     */
    start(...command: [string, ...string[]]) {
      const env = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(npm_|TURBO_|INIT_CWD)/.test(name)),
      );
      const child = spawn(command[0], command.slice(1), { cwd: folder, env, detached: true });
      let output = "";
      const listeners = new Set<() => void>();
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => {
          output += chunk;
          for (const listener of listeners) listener();
        });
      const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
        child.once("close", (code) => resolve({ code, output })),
      );
      const until = (pattern: RegExp, from = 0) =>
        new Promise<string>((resolve, reject) => {
          const listener = () => pattern.test(output.slice(from)) && resolve(output.slice(from));
          listeners.add(listener);
          listener();
          ended.then(() => reject(new Error(`${command.join(" ")} ended without ${pattern}:\n${output}`)));
        });
      const next = (pattern: RegExp) => until(pattern, output.length);
      /** Sends SIGINT to every process of the command, as a terminal does on Ctrl-C. */
      const interrupt = () => process.kill(-(child.pid as number), "SIGINT");
      const kill = (signal: NodeJS.Signals) => child.kill(signal);
      return { ended, until, next, interrupt, kill };
    },
    run(...command: [string, ...string[]]) {
      return this.start(...command).ended;
    },
    /** Undoes the changes of a test. Built files stay. */
    restore() {
      git("reset", "--quiet", "--hard");
      git("clean", "--quiet", "--force", "-d");
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
