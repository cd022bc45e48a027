import { spawn } from "node:child_process";
import { globSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { createInterface } from "node:readline";
import { type ParseArgsConfig, parseArgs, stripVTControlCharacters, styleText } from "node:util";

export const root = join(import.meta.dirname, "../..");

export interface TaskRun {
  /** `workspace#task`, as turbo names it. */
  id: string;
  /** The workspace's folder, from the root. */
  directory: string;
  passed: boolean;
  /** It did not run, because a dependency failed. */
  skipped: boolean;
  cached: boolean;
  startTime: number;
  seconds: number;
  log: string[];
}

/**
 * Runs tasks and their dependencies through turbo, and prints on stderr which one starts. Returns the result of each.
 */
export async function runTasks(tasks: readonly string[], ...flags: string[]): Promise<TaskRun[]> {
  const args = ["run", ...tasks, "--json", "--summarize", "--continue=dependencies-successful", ...flags];
  // Each suite has its own workers. More suites at once would not be faster, and would cause timeouts.
  if (!flags.some((flag) => flag.startsWith("--concurrency=")))
    args.push(`--concurrency=${availableParallelism() + 1}`);
  const turbo = spawn("turbo", args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  const killTurbo = () => turbo.kill();
  process.once("exit", killTurbo);
  const ended = new Promise<void>((resolve, reject) => turbo.once("error", reject).once("close", () => resolve()));
  let complaint = "";
  turbo.stderr.on("data", (chunk) => (complaint += chunk));

  const logs = new Map<string, string[]>();
  let summary: string | undefined;
  for await (const line of createInterface({ input: turbo.stdout })) {
    if (!line.startsWith("{")) {
      complaint += `${line}\n`;
      continue;
    }
    const { source, text } = JSON.parse(line) as { source: string; text: string };
    if (source === "turbo") {
      summary ??= /Summary:\s+(\S.*)/.exec(text)?.[1];
      complaint += `${text}\n`;
    } else if (!logs.has(source)) {
      logs.set(source, []); // The first line of a task only says whether it is cached.
      process.stderr.write(styleText("dim", `  … ${source.replace("#", " ")}\n`));
    } else logs.get(source)?.push(stripVTControlCharacters(text));
  }
  await ended;
  process.off("exit", killTurbo);
  if (!summary) throw new Error(`turbo did not run:\n${complaint.trim()}`);
  const runs = readSummary(summary, logs);
  if (runs.some(({ id, cached }) => cached && id === "@dingrole/docs#build")) removeStalePages();
  return runs;
}

/** When turbo restores the site from its cache, it removes no old files: this removes each file that the site does not list. */
function removeStalePages() {
  const site = join(root, "docs/dist");
  const own = new Set(JSON.parse(readFileSync(join(site, "files.json"), "utf8")));
  for (const file of globSync("**/*.*", { cwd: site }))
    if (!own.has(file.replaceAll(sep, "/"))) rmSync(join(site, file), { recursive: true });
}

/** A task, as turbo summarizes it. */
interface Summary {
  taskId: string;
  directory: string;
  command: string;
  cache: { status: string };
  execution?: { exitCode: number; startTime: number; endTime: number };
}

function readSummary(file: string, logs: ReadonlyMap<string, string[]>): TaskRun[] {
  const { tasks } = JSON.parse(readFileSync(file, "utf8")) as { tasks: Summary[] };
  return tasks
    .filter(({ command }) => command !== "<NONEXISTENT>")
    .map(({ taskId, directory, cache, execution }) => ({
      id: taskId,
      directory,
      passed: execution?.exitCode === 0,
      skipped: !execution,
      cached: cache.status === "HIT",
      startTime: execution?.startTime ?? Number.MAX_SAFE_INTEGER, // A task that did not run comes last.
      seconds: execution ? (execution.endTime - execution.startTime) / 1000 : 0,
      log: logs.get(taskId) ?? [],
    }))
    .sort((one, other) => one.startTime - other.startTime || one.id.localeCompare(other.id));
}

/** One line for each task. The log of a failed task follows its line. */
export function report(runs: readonly TaskRun[], note: (run: TaskRun) => string = () => ""): string {
  const width = Math.max(...runs.map(({ id }) => id.length));
  const lines = runs.map((run) => {
    const name = run.id.replace("#", " ").padEnd(width);
    if (run.skipped) return styleText("dim", `  – ${name}   not run`);
    const mark = run.passed ? styleText("green", "✓") : styleText("red", "✗");
    const time = run.cached ? styleText("dim", "  cached") : `${run.seconds.toFixed(1)} s`.padStart(8);
    const log = run.passed ? "" : `\n\n${ownLog(run).join("\n")}\n`;
    return `  ${mark} ${name}  ${time}  ${note(run)}${log}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

/** The log of a task, without the lines of npm, and without Redocly's advice to ignore the faults. */
function ownLog({ log }: TaskRun): string[] {
  return log.filter((line) => !/^npm error|generate-ignore-file/.test(line));
}

/** Runs the tasks that a command needs first. If one fails, prints the fault and ends the process. */
export async function prepare(tasks: readonly string[], ...flags: string[]): Promise<void> {
  const fault = await findFault(tasks, ...flags);
  if (fault) fail(fault);
}

/** Runs tasks. If one fails, returns the most useful line of its log. */
export async function findFault(tasks: readonly string[], ...flags: string[]): Promise<string | undefined> {
  const runs = await runTasks(tasks, ...flags);
  const failed = runs.find(({ passed, skipped }) => !passed && !skipped);
  return failed && `${failed.id.replace("#", " ")} failed: ${firstFault(ownLog(failed), failed.directory)}`;
}

/** The most useful line of a log: from the report of Redocly, TypeDoc or a compiler, or from a thrown error. */
function firstFault(log: readonly string[], directory: string): string {
  const place = log.findIndex((line) => /^\[1\] \S+:\d+:\d+ at /.test(line));
  if (place >= 0)
    return `spec/${/\S+:\d+:\d+/.exec(log[place]?.slice(4) ?? "")?.[0]}: ${log.slice(place + 1).find(Boolean)}`;
  for (const line of log) {
    const [, file, words] = /^(\S+?)(:\d+:\d+ - \[?(?:error|warning).*)$/.exec(line) ?? [];
    if (file && words) return join(directory, file) + words;
  }
  const patterns = [
    /^ {2}- (.*)$/,
    /^\[(?:error|warning)\] (.*)$/,
    /^\w*Error: (.*)$/,
    /^(.*: error .*)$/,
    /^(?!> )(.*\S.*)$/,
  ];
  for (const pattern of patterns)
    for (const line of log) if (pattern.test(line)) return pattern.exec(line)?.[1] as string;
  return "it printed nothing";
}

/** Reads the flags of a command with `util.parseArgs`. If one is wrong, prints that and ends the process. */
export function parseFlags<Options extends NonNullable<ParseArgsConfig["options"]>>(options: Options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const names = Object.keys(options).map((name) => `--${name}`);
    fail(`${(error as Error).message.split(". ")[0]}: use ${names.join(", ") || "no options"}`);
  }
}

/** The port of a flag. A busy port ends the process before the build, not after it. */
export async function freePort(command: string, flag: string, value: string): Promise<number> {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    fail(`--${flag} must be a port, from 1 to 65535, not ${value}`);
  await new Promise<void>((resolve) => {
    const probe = createServer();
    probe.once("error", ({ code }: NodeJS.ErrnoException) =>
      fail(
        `port ${port} ${code === "EADDRINUSE" ? "is in use" : `cannot be used (${code})`}: choose another with ${command} -- --${flag} ${(port % 65_000) + 10}`,
      ),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
  return port;
}

export function fail(message: string): never {
  process.stderr.write(`${styleText("red", "✗")} ${message}\n`);
  process.exit(1);
}
