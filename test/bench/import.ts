/** `npm run bench -- --cli`: compares a long import by the command line with bare calls to the same mock. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startMock } from "@dingrole/mock";
import { root, say } from "./kinds.ts";
import { median } from "./speed.ts";
import { machine, table } from "./table.ts";

const { values } = parseArgs({
  options: {
    cli: { type: "boolean" },
    rounds: { type: "string", default: "5" },
    rows: { type: "string", default: "5000" },
  },
});
const [rounds, rows] = [Number(values.rounds), Number(values.rows)];
const names = Array.from({ length: rows }, (_, index) => `组 ${index}`);

/** The same number of calls, four in flight, without a journal, checks or output. */
const ceiling = `
  const names = ${JSON.stringify(names)}.values();
  const headers = { "content-type": "application/x-www-form-urlencoded;charset=utf-8" };
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (const name of names) {
      const body = "name=" + encodeURIComponent(name);
      await (await fetch(process.env.DINGTALK_BASE_URL + "/role/add_role_group?access_token=a", { method: "POST", headers, body })).json();
    }
  }));`;

const faults = ["resetAfterRead", "cutBody", "parameterError", "badGateway", "invalidToken"] as const;
const program = join(root, "packages/cli/dist/main.js");

interface Cost {
  seconds: number;
  /** The highest memory, in megabytes. */
  memory: number;
}

const kinds = {
  "fetch, and nothing else": () => measure(["--input-type=module", "--eval", ceiling]),
  "dingrole create": () => measure(createArgs()),
  "dingrole create, 1 % of faults": () => measure(createArgs(), true),
};

const costs = Object.keys(kinds).map((): Cost[] => []);
for (let round = 1; round <= rounds; round++) {
  say(`round ${round} of ${rounds}`);
  for (const [index, kind] of Object.values(kinds).entries()) costs[index]?.push(await kind());
}

const middle = (kind: number, of: keyof Cost) => median((costs[kind] ?? []).map((cost) => cost[of]));
console.log(`${machine()}, ${rounds} rounds × ${rows} rows, 4 in flight, no limit\n`);
console.log(
  table([
    ["", "time", "rows/s", "over fetch alone", "highest memory"],
    ...Object.keys(kinds).map((name, kind) => [
      name,
      `${middle(kind, "seconds").toFixed(1)} s`,
      (rows / middle(kind, "seconds")).toFixed(0),
      median((costs[kind] ?? []).map((cost, round) => cost.seconds / (costs[0]?.[round]?.seconds ?? 0))).toFixed(2),
      `${middle(kind, "memory").toFixed(0)} MB`,
    ]),
  ]),
);

function createArgs(): string[] {
  const file = join(mkdtempSync(join(tmpdir(), "dingrole-bench-")), "groups.csv");
  writeFileSync(file, `name\n${names.join("\n")}\n`);
  return [program, "create", "--from", file, "--rate", "off", "--quiet"];
}

async function measure(args: string[], isFaulty = false): Promise<Cost> {
  await using mock = await startMock({ mode: "gateway", tokens: false, keep: 0 });
  if (isFaulty)
    mock.next(
      ...names.map(
        (_, row) => `addRoleGroup:${(row % 100 === 99 && faults[((row / 100) % 5) | 0]) || "created"}` as const,
      ),
    );
  const env = { DINGTALK_BASE_URL: mock.url, DINGTALK_APP_KEY: "a", DINGTALK_APP_SECRET: "b" };
  const from = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: "ignore" });
  let memory = 0;
  const watch = setInterval(() => (memory = Math.max(memory, readPeak(child.pid))), 50);
  await new Promise((resolve) => child.once("exit", resolve));
  clearInterval(watch);
  return { seconds: (performance.now() - from) / 1000, memory };
}

function readPeak(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0; // The process has ended.
  }
}
