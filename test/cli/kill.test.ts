/** `kill -9` at random moments of an import, against the mock with faults. `KILLS=100 npm test` runs more. */
import { setTimeout as sleep } from "node:timers/promises";
import { startMock } from "@dingrole/mock";
import { expect, test } from "vitest";
import { namesOf, run, start, toCsv, writeTemporary } from "./command-line.ts";

const KILLS = Number(process.env.KILLS ?? 20);
const KILLS_PER_IMPORT = 4;
const ROWS = 500;

const harmless = ["rateLimited", "expiredToken", "parameterError", "resetBeforeRead"] as const;
/** After these faults the caller cannot know whether the group was created. */
const doubtful = ["resetAfterRead", "closeAfterRead", "cutBody", "badGateway", "busy"] as const;
const faults = [...harmless, ...doubtful];

/** Without `duplicate`, for which the network sends twice. */
const pickScenario = () =>
  Math.random() < 0.1 ? (faults[Math.floor(Math.random() * faults.length)] ?? "created") : "created";

interface Row {
  name: string;
  state: string;
}

async function importKilled() {
  await using mock = await startMock({ mode: "gateway" });
  mock.next(...Array.from({ length: 20 * ROWS }, () => `addRoleGroup:${pickScenario()}` as const));
  const names = namesOf(ROWS);
  const file = writeTemporary("groups.csv", toCsv(names));
  const args = ["create", "--from", file, "--rate", "off", "--json"];
  const env = { DINGTALK_BASE_URL: mock.url };

  for (let kill = 0; kill < KILLS_PER_IMPORT; kill++) {
    const { process: child, ended } = start(args, env);
    await sleep(150 + Math.random() * 450);
    child.kill("SIGKILL");
    await ended;
  }
  for (let rerun = 0; rerun < 20; rerun++) {
    const { code, stdout, stderr } = await run(args, env);
    const rows: Row[] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    if (!rows.every(({ state }) => state === "created" || state === "unknown")) continue;
    const arrived = mock.requests.filter(({ operation }) => operation === "addRoleGroup");
    return { names, rows, arrived, code, stderr };
  }
  throw new Error("the import must end within 20 runs");
}

test(`after ${KILLS} kills, each name is created exactly once or reported as unknown`, {
  timeout: 30_000 * Math.ceil(KILLS / KILLS_PER_IMPORT),
}, async () => {
  const total = { created: 0, unknown: 0, requests: 0 };
  for (let kills = 0; kills < KILLS; kills += KILLS_PER_IMPORT) {
    const { names, rows, arrived, code, stderr } = await importKilled();
    const unknown = rows.filter(({ state }) => state === "unknown");
    expect(rows.map(({ name }) => name).toSorted(), "no row is lost").toEqual(names.toSorted());
    for (const { name, state } of rows) {
      const of = arrived.filter(({ form }) => form?.name === name);
      const created = of.filter(({ example, scenario }) => example === "created" && scenario !== undefined);
      const perhaps = of.filter(({ scenario }) => doubtful.some((each) => scenario?.endsWith(each)));
      expect(created.length + perhaps.length, `${name}: ${of.map(({ scenario }) => scenario)}`).toBeLessThanOrEqual(1);
      if (state === "created") expect(created).toHaveLength(1);
    }
    expect(code).toBe(unknown.length > 0 ? 3 : 0);
    if (unknown.length > 0) expect(stderr).toContain("with an unknown outcome");
    total.created += rows.length - unknown.length;
    total.unknown += unknown.length;
    total.requests += arrived.length;
  }
  process.stdout.write(
    `${KILLS} kills of imports of ${ROWS}: ${total.created} created once, ${total.unknown} reported as unknown, none twice, in ${total.requests} requests\n`,
  );
});
