import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { styleText } from "node:util";

export const root = join(import.meta.dirname, "../..");

export interface TaskRun {
  /** `workspace#task`, as turbo names it. */
  id: string;
  /** The workspace's folder, from the root. */
  directory: string;
  passed: boolean;
  cached: boolean;
  startTime: number;
  seconds: number;
  log: string[];
}

/**
 * Runs tasks and whatever they depend on through turbo, saying on stderr which one starts. Returns what became of each; a
 * task whose dependency failed is not run, and not among them.
 */
export async function runTasks(tasks: readonly string[], ...flags: string[]): Promise<TaskRun[]> {
  const args = ["run", ...tasks, "--json", "--summarize", "--continue=dependencies-successful", ...flags];
  const turbo = spawn("turbo", args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  const ended = new Promise<void>((resolve, reject) => turbo.once("error", reject).once("close", () => resolve()));
  let complaint = "";
  turbo.stderr.on("data", (chunk) => (complaint += chunk));

  const logs = new Map<string, string[]>();
  let summary: string | undefined;
  for await (const line of createInterface({ input: turbo.stdout })) {
    const { source, text } = JSON.parse(line) as { source: string; text: string };
    if (source === "turbo") {
      summary ??= /Summary:\s+(\S.*)/.exec(text)?.[1];
      complaint += `${text}\n`;
    } else if (!logs.has(source)) {
      logs.set(source, []); // Its first line says whether the cache has it.
      process.stderr.write(styleText("dim", `  … ${source.replace("#", " ")}\n`));
    } else logs.get(source)?.push(text);
  }
  await ended;
  if (!summary) throw new Error(`turbo did not run:\n${complaint.trim()}`);
  return readSummary(summary, logs);
}

function readSummary(file: string, logs: ReadonlyMap<string, string[]>): TaskRun[] {
  const { tasks } = JSON.parse(readFileSync(file, "utf8"));
  return tasks
    .filter(({ command, execution }: any) => command !== "<NONEXISTENT>" && execution)
    .map(({ taskId, directory, cache, execution }: any) => ({
      id: taskId,
      directory,
      passed: execution.exitCode === 0,
      cached: cache.status === "HIT",
      startTime: execution.startTime,
      seconds: (execution.endTime - execution.startTime) / 1000,
      log: logs.get(taskId) ?? [],
    }))
    .sort((one: TaskRun, other: TaskRun) => one.startTime - other.startTime || one.id.localeCompare(other.id));
}

/** A line for each task, the logs of those that failed under theirs. */
export function report(runs: readonly TaskRun[], note: (run: TaskRun) => string = () => ""): string {
  const width = Math.max(...runs.map(({ id }) => id.length));
  const lines = runs.map((run) => {
    const mark = run.passed ? styleText("green", "✓") : styleText("red", "✗");
    const time = run.cached ? styleText("dim", "cached") : `${run.seconds.toFixed(1)} s`;
    const log = run.passed ? "" : `\n\n${run.log.filter((line) => !line.startsWith("npm error")).join("\n")}\n`;
    return `  ${mark} ${run.id.replace("#", " ").padEnd(width)}  ${time.padStart(8)}  ${note(run)}${log}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

/** Runs tasks that a command needs first. Where one fails, says so and ends the process. */
export async function prepare(tasks: readonly string[], ...flags: string[]): Promise<void> {
  const runs = await runTasks(tasks, ...flags);
  const failed = runs.find(({ passed }) => !passed);
  if (failed) fail(`${failed.id.replace("#", " ")} failed: ${firstFault(failed.log)}`);
}

/** Redocly puts a fault's message two lines under its place. */
function firstFault(log: readonly string[]): string {
  const index = log.findIndex((line) => /^\[1\] \S+:\d+:\d+ at /.test(line));
  if (index >= 0)
    return `spec/${/\S+:\d+:\d+/.exec(log[index]?.slice(4) ?? "")?.[0]}: ${log.slice(index + 1).find(Boolean)}`;
  const faults = log.filter((line) => /error/i.test(line) && !line.startsWith("npm error"));
  return faults[0]?.trim() ?? "run npm test for its log";
}

export function fail(message: string): never {
  process.stderr.write(`${styleText("red", "✗")} ${message}\n`);
  process.exit(1);
}
