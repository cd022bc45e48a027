/** Runs all creates with one kind of client, and counts the results. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ask } from "./ask.ts";
import type { MockQuestion, MockResult } from "./create-mocks.ts";
import { type Counts, type Create, countResults, type Outcome } from "./creates.ts";

interface Run {
  /** The module of the client. */
  file: string;
  creates: readonly Create[];
  /** The client's options. `timeout` is in milliseconds. */
  options: { timeout: number; retriesPost?: boolean };
  /** How many programs run at the same time. Each has a part of the creates, and one call in flight. */
  lanes: number;
}

export async function runCreates({ file, creates, options, lanes }: Run): Promise<Counts & { calls: number }> {
  const mocks = fork(join(import.meta.dirname, "create-mocks.ts"), [String(lanes)]);
  const askMock = <Answer>(question: MockQuestion) => ask<Answer>(mocks, question);
  const outcomes = new Map<string, Outcome>();

  async function runLane(lane: number) {
    const url = await askMock<string>({ ask: "url", lane });
    const program = join(import.meta.dirname, "create-worker.ts");
    const args = [pathToFileURL(file).href, url, JSON.stringify(options)];
    const start = () => fork(program, args, { stdio: ["ignore", "ignore", "inherit", "ipc"] }); // Some clients print errors.
    let worker = start();
    try {
      for (const { name, scenario, isKilled } of creates.filter((_, index) => index % lanes === lane)) {
        if (scenario) await askMock({ ask: "next", lane, scenario });
        if (isKilled) {
          await killDuring(worker, name, askMock({ ask: "met", lane }));
          worker = start();
        }
        outcomes.set(name, await ask<Outcome>(worker, name));
        const pending = scenario ? await askMock<string[]>({ ask: "pending", lane }) : [];
        if (pending.length > 0)
          throw new Error(`${name} must meet ${pending}, but no call has arrived: pass a longer --timeout`);
      }
    } finally {
      worker.kill();
    }
  }

  try {
    await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane)));
    const { groups, calls } = await askMock<MockResult>({ ask: "result" });
    return { ...countResults(outcomes, groups), calls };
  } finally {
    mocks.kill();
  }
}

/** Kills the program during a create. The program that is started after it has no record of this create, so it repeats it. */
async function killDuring(worker: ChildProcess, name: string, moment: Promise<unknown>) {
  ask(worker, name).catch(() => {});
  await moment;
  worker.kill("SIGKILL");
  await once(worker, "exit");
}
