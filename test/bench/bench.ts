/** `npm run bench`: compares the client and other clients with a bare `fetch` of the same call, as ratios. */
import { parseArgs } from "node:util";
import { buildKinds, generateClients, type Kind, kinds, measureSize, say } from "./kinds.ts";
import { type Costs, type Level, measureSpeed, measureStartup, median } from "./speed.ts";
import { machine, table } from "./table.ts";
import { measureOperationSize, measureTypes } from "./types.ts";

const usage = `npm run bench -- [--rounds N] [--calls N] [--idle] [--together] [--only kind,kind]

  --rounds N   how often everything is measured (default: 7); the tables show medians
  --calls N    calls of each kind in each round, for each number of calls in flight (default: 3000)
  --idle       also measure a burst of 16 calls after 12 idle seconds; adds 12 s to each round
  --together   run all kinds in one process, in turns of 48 calls, which shows small differences
  --mock       measure the mock instead of the client (--rounds 5)
  --cli        measure a long import instead of the client (--rounds 5, --rows 5000)
  --duplicates count the groups that clients create twice (--duplicates --help)
  --only ...   measure only fetch and these kinds, without the types: ${kinds.map(({ name }) => name).join(", ")}`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    calls: { type: "string", default: "3000" },
    idle: { type: "boolean", default: false },
    together: { type: "boolean", default: false },
    only: { type: "string" },
    help: { type: "boolean" },
  },
});
const [rounds, calls] = [Number(values.rounds), Number(values.calls)];
const wanted = values.only?.split(",");
const unknown = wanted?.find((name) => !kinds.some((kind) => kind.name === name));
if (values.help || !(rounds > 0 && calls > 0) || unknown) {
  say(unknown ? `Unknown kind ${unknown}: expected one of those below.\n\n${usage}` : usage);
  process.exit(values.help ? 0 : 2);
}

const chosen = kinds.filter(({ name }, index) => index === 0 || !wanted || wanted.includes(name));
generateClients();
await buildKinds(chosen);
const sizes = new Map(await Promise.all(chosen.map(async (kind) => [kind, await measureSize(kind)] as const)));
const startup = measureStartup(chosen, Math.max(41, rounds));
const operations = wanted ? undefined : operationTable(await measureOperationSize(kinds[1] as Kind));
const costs = await measureSpeed(chosen, { rounds, calls, idle: values.idle, together: values.together });

const { file: base } = kinds[0] as Kind;
console.log(`${machine()}, ${rounds} rounds × ${calls} calls\n`);
console.log(speedTable(costs));
if (operations) console.log(`\n${operations}`);

function speedTable(costs: Costs): string {
  const idle = values.idle ? ["CPU in a burst after 12 s"] : [];
  const head = ["", "CPU at 1 / 16 / 64 in flight", "calls/s at 1 / 16 / 64", ...idle, "gzip", "import + create"];
  const rows = chosen.map((kind) => {
    const ratios = (measure: "cpu" | "rate", ...levels: Level[]) =>
      levels.map((level) => ratioOf(costs, kind, level, measure).toFixed(2)).join(" / ");
    return [
      kind.name,
      ratios("cpu", "one", "some", "many"),
      ratios("rate", "one", "some", "many"),
      ...(values.idle ? [ratios("cpu", "idle")] : []),
      kind.file === base ? "" : `${((sizes.get(kind) ?? 0) / 1000).toFixed(2)} kB`,
      kind.file === base ? "" : `${median(startup[kind.file] ?? []).toFixed(1)} ms`,
    ];
  });
  return table([head, ...rows]);
}

/** The median of ratios to the `fetch` of the same turn, because the speed of a shared machine changes. */
function ratioOf(costs: Costs, { file }: Kind, level: Level, measure: "cpu" | "rate"): number {
  const own = costs[file]?.[level] ?? [];
  const bare = costs[base]?.[level] ?? [];
  return median(own.map((cost, turn) => cost[measure] / (bare[turn]?.[measure] ?? Number.NaN)));
}

function operationTable(bytes: number): string {
  const { named, generic } = measureTypes();
  const row = (name: string, count: (each: typeof named) => number) => {
    const [own, other] = [count(named), count(generic)];
    return [name, format(own), format(other), (own / other).toFixed(3)];
  };
  return table([
    ["of 1,000 operations", "@dingrole/client", "openapi-fetch", "ratio"],
    row("instantiations, one called", ({ one }) => one.instantiations),
    row("… over none called", ({ one, none }) => one.instantiations - none.instantiations),
    row("instantiations, all called", ({ all }) => all.instantiations),
    row("check time in ms, one called", ({ one }) => one.checkTime),
    row("check time in ms, all called", ({ all }) => all.checkTime),
    ["gzip bytes that an operation adds", bytes.toFixed(1), "", ""],
  ]);
}

function format(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
