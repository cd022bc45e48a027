/**
 * `npm test`: runs everything that CI runs. With arguments, runs only those tasks and their dependencies. Each test counts as
 * one, and so does each task without tests.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onEnd } from "./on-end.ts";
import { fail, report, root, runTasks, type TaskRun } from "./turbo.ts";

onEnd(() => process.exit(1)); // An interrupted run has not passed.

const tasks = process.argv.slice(2);
const known = Object.keys(JSON.parse(readFileSync(join(root, "turbo.json"), "utf8")).tasks).filter(
  (name) => !name.includes("#"),
);
const unknown = tasks.find((task) => /^\w+$/.test(task) && !known.includes(task));
if (unknown)
  fail(
    `unknown task ${unknown}: expected ${known.join(", ")}. For one test file, run vitest: see "One test" in docs/CONTRIBUTING.md.`,
  );
useCompileCache();
const runs = tasks.length > 0 ? await runTasks(tasks) : await runAll();
const counts = new Map(runs.map((run) => [run, count(run)]));
const total = (kind: "passed" | "failed" | "skipped") =>
  [...counts.values()].reduce((sum, each) => sum + each[kind], 0);

process.stdout.write(report(runs, (run) => counts.get(run)?.note ?? ""));
for (const [{ id }, { unrun }] of counts)
  for (const title of unrun) process.stdout.write(`  – ${id.replace("#", " ")} skipped: ${title}\n`);
const skipped = total("skipped") > 0 ? `, ${total("skipped")} skipped` : "";
process.stdout.write(`\n${total("passed")} passed, ${total("failed")} failed${skipped}\n`);
process.exitCode = total("failed") > 0 ? 1 : 0;

/** A run starts hundreds of Node programs that load the same modules: each module is compiled only once. */
function useCompileCache() {
  if (process.env.NODE_COMPILE_CACHE) return;
  const folder = mkdtempSync(join(tmpdir(), "dingrole-compiled-"));
  process.env.NODE_COMPILE_CACHE = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}

/**
 * Runs three suites at a time. turbo starts ready tasks in any order: it would often start the longest one last, and let it run
 * alone. So each of three lanes takes the next of the longest suites; the others, which are short, run in turn in one lane.
 */
async function runAll(): Promise<TaskRun[]> {
  // Two suites use the browser. Unpacked by both at once, it would be damaged.
  const runs = await runTasks(["lint", "build", "typecheck", "drift", "unpack"]);
  // Suites that mostly wait run beside suites that mostly compute.
  const longest = ["browser", "commands", "samples", "consumers", "cli", "faults"];
  const queue = longest.map((name) => [`--filter=@dingrole/test-${name}`]);
  queue.splice(4, 0, [...longest.map((name) => `--filter=!@dingrole/test-${name}`), "--concurrency=1"]);
  const tests: TaskRun[] = [];
  const runLane = async () => {
    for (let flags = queue.shift(); flags; flags = queue.shift()) tests.push(...(await runTasks(["test"], ...flags)));
  };
  await Promise.all([runLane(), runLane(), runLane()]);
  const ids = new Set(runs.map(({ id }) => id));
  return [...runs, ...tests.filter(({ id }) => !ids.has(id))];
}

function count(run: TaskRun) {
  const results = vitestResults(run);
  const passed = results?.numPassedTests ?? (run.passed ? 1 : 0);
  const unrun = (results?.testResults ?? [])
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== "passed" && status !== "failed")
    .map(({ fullName }) => fullName);
  const failed = Math.max(results?.numFailedTests ?? 0, run.passed || run.skipped ? 0 : 1);
  return {
    passed,
    failed,
    skipped: unrun.length,
    unrun,
    note: results ? `${passed} of ${results.numTotalTests} tests` : "",
  };
}

interface VitestResults {
  numPassedTests: number;
  numFailedTests: number;
  numTotalTests: number;
  testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

/** The results of vitest in this run, or in the run that turbo's cache has kept. A file of an earlier run is ignored. */
function vitestResults({ id, directory, startTime, cached }: TaskRun) {
  const file = join(root, directory, ".vitest/results.json");
  if (!id.endsWith("#test") || !existsSync(file)) return undefined;
  if (!cached && statSync(file).mtimeMs < startTime) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as VitestResults;
}
