/** `npm run bench -- --duplicates`: counts the groups that clients create twice, lose, or leave unknown. */
import { parseArgs } from "node:util";
import { planCreates } from "./creates.ts";
import { buildKinds, builtFile, generateRetryingClients, type Kind, say } from "./kinds.ts";
import { runCreates } from "./run-creates.ts";
import { machine, table } from "./table.ts";

interface Creator extends Kind {
  retriesPost?: true;
}

/** The files say what is configured, and why. A kind comes twice if its default does not retry a POST. */
const kinds: Creator[] = [
  { name: "@dingrole/client", file: "creates/client" },
  { name: "ensureRoleGroup", file: "creates/ensure" },
  { name: "fetch in a loop", file: "creates/fetch" },
  { name: "axios with axios-retry", file: "creates/axios" },
  { name: "ky", file: "creates/ky" },
  { name: "ky with POST retries", file: "creates/ky", retriesPost: true },
  { name: "got", file: "creates/got" },
  { name: "got with POST retries", file: "creates/got", retriesPost: true },
  { name: "hey-api", file: "creates/hey-api" },
  { name: "hey-api with POST retries", file: "creates/hey-api", retriesPost: true },
  { name: "Redocly", file: "creates/redocly" },
  { name: "Redocly with POST retries", file: "creates/redocly", retriesPost: true },
  { name: "node-dingtalk", file: "creates/node-dingtalk" },
  { name: "@larksuiteoapi/node-sdk", file: "creates/lark" },
];

const usage = `npm run bench -- --duplicates [--seed N] [--creates N] [--timeout MS] [--lanes N] [--only kind,kind]

  --seed N      chooses the creates that meet a fault (default: random; it is printed)
  --creates N   how many groups each kind creates (default: 1000)
  --timeout MS  each client's timeout (default: 2000)
  --lanes N     how many programs run at the same time (default: 8)
  --only ...    only these kinds: ${kinds.map(({ name }) => name).join(", ")}`;

const { values } = parseArgs({
  options: {
    duplicates: { type: "boolean" },
    seed: { type: "string", default: String(Math.trunc(Math.random() * 1e6)) },
    creates: { type: "string", default: "1000" },
    timeout: { type: "string", default: "2000" },
    lanes: { type: "string", default: "8" },
    only: { type: "string" },
    help: { type: "boolean" },
  },
});
const [seed, count] = [Number(values.seed), Number(values.creates)];
const [timeout, lanes] = [Number(values.timeout), Number(values.lanes)];
const wanted = values.only?.split(",");
const unknown = wanted?.find((name) => !kinds.some((kind) => kind.name === name));
if (values.help || unknown || !Number.isSafeInteger(seed) || !(count > 0 && timeout > 0 && lanes > 0)) {
  say(unknown ? `Unknown kind ${unknown}: expected one of those below.\n\n${usage}` : usage);
  process.exit(values.help ? 0 : 2);
}

const chosen = kinds.filter(({ name }) => !wanted || wanted.includes(name));
generateRetryingClients();
await buildKinds(chosen);
const creates = planCreates(count, seed);
const rows: string[][] = [];
for (const [index, kind] of chosen.entries()) {
  say(`${index + 1} of ${chosen.length}: ${kind.name}`);
  const options = { timeout, retriesPost: kind.retriesPost ?? false };
  const counts = await runCreates({ file: builtFile(kind), creates, options, lanes });
  const { doubled, missing, unknown, failed, calls } = counts;
  rows.push([kind.name, ...[doubled, missing, unknown, failed, calls].map(String)]);
}

const head = [
  "",
  "exist twice",
  "missing after a success",
  "unknown",
  "failed, and the program knows it",
  "calls sent",
];
console.log(`${machine()}, --seed ${seed} --creates ${count} --timeout ${timeout}\n`);
console.log(table([head, ...rows]));
