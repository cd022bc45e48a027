/** `npm run bench -- --mock`: compares the mock with the parts of Prism and with msw. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { createMock } from "@dingrole/mock";
import { buildKinds, builtFile, type Kind, run, say } from "./kinds.ts";
import { type Costs, measureSpeed, median } from "./speed.ts";
import { machine, table } from "./table.ts";

const { values } = parseArgs({
  options: {
    mock: { type: "boolean" },
    rounds: { type: "string", default: "5" },
    calls: { type: "string", default: "2000" },
  },
});
const [rounds, calls] = [Number(values.rounds), Number(values.calls)];

const kinds: Kind[] = [
  { name: "Prism's createInstance().request", file: "mocks/prism-request" },
  { name: "@dingrole/mock, fetch", file: "mocks/mock-fetch" },
  { name: "msw's setupServer, fetch", file: "mocks/msw" },
  { name: "a server that does nothing, fetch", file: "mocks/bare-server" },
  { name: "Prism's createServer, fetch", file: "mocks/prism-server" },
  { name: "@dingrole/mock's server, fetch", file: "mocks/mock-server" },
];
const [prism, fetchMode, msw, bare, prismServer, server] = kinds as [Kind, Kind, Kind, Kind, Kind, Kind];

await buildKinds(kinds);
const costs = await measureSpeed(kinds, { rounds, calls, idle: false, together: false });
const cpu = ({ file }: Kind, turn: number) => (costs as Costs)[file]?.some[turn]?.cpu ?? Number.NaN;
const turns = costs[prism.file]?.some.map((_, turn) => turn) ?? [];
const over = (count: (turn: number) => number) => median(turns.map(count)).toFixed(2);

console.log(`${machine()}, ${rounds} rounds × ${calls} calls, 16 in flight\n`);
console.log(
  table([
    ["", "CPU a call in µs", "ratio"],
    ...kinds.map((kind) => [
      kind.name,
      over((turn) => cpu(kind, turn)),
      kind === fetchMode ? `${over((turn) => cpu(kind, turn) / cpu(prism, turn))} × Prism's request` : "",
    ]),
  ]),
);
console.log(`\nfetch mode over msw: ${over((turn) => cpu(fetchMode, turn) / cpu(msw, turn))}`);
console.log(
  `the server's own part over that of Prism's: ${over((turn) => (cpu(server, turn) - cpu(bare, turn)) / (cpu(prismServer, turn) - cpu(bare, turn)))}`,
);

say("startup");
const first = (file: string) =>
  `import { create } from ${JSON.stringify(`file://${builtFile({ name: "", file })}`)}; await create("", {})(); console.log(performance.now()); process.exit();`;
const times: Record<"start" | "first" | "cli", number[]> = { start: [], first: [], cli: [] };
for (let round = 0; round < Math.max(rounds, 5); round++) {
  const start =
    'import { startMock } from "@dingrole/mock"; const t = performance.now(); await startMock(); console.log(performance.now() - t); process.exit();';
  times.start.push(Number(run(["--input-type=module", "--eval", start])));
  times.first.push(Number(run(["--input-type=module", "--eval", first("mocks/mock-server")])));
  times.cli.push(await startPrismCommand());
}
console.log(`\nstartMock(): ${median(times.start).toFixed(0)} ms`);
console.log(`a process, from its start to the first answer: ${median(times.first).toFixed(0)} ms`);
console.log(`Prism's command, from its start to the first answer: ${median(times.cli).toFixed(0)} ms`);

say("memory, 100,000 requests");
console.log(`\nheap after 20,000 and after 100,000 requests: ${(await measureMemory()).join(" and ")} MB`);

async function startPrismCommand(): Promise<number> {
  const require = createRequire(import.meta.url);
  const spec = require.resolve("@dingrole/spec/openapi.json");
  const port = 40_000 + Math.floor(Math.random() * 10_000);
  const from = performance.now();
  const child = spawn(process.execPath, [
    require.resolve("@stoplight/prism-cli/dist/index.js"),
    "mock",
    spec,
    "--port",
    String(port),
  ]);
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/gettoken?appkey=a&appsecret=b`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const time = performance.now() - from;
  child.kill();
  await once(child, "exit");
  return time;
}

/** The memory in megabytes, after a garbage collection. */
async function measureMemory(): Promise<string[]> {
  const mock = await createMock();
  const heap = () => {
    globalThis.gc?.();
    return (process.memoryUsage().heapUsed / 1e6).toFixed(1);
  };
  const call = () => mock.fetch("http://mock/gettoken?appkey=a&appsecret=b").then((response) => response.text());
  const sizes: string[] = [];
  for (let count = 1; count <= 100_000; count++) {
    await call();
    if (count === 20_000 || count === 100_000) sizes.push(heap());
  }
  return sizes;
}
