/** A process for one or more kinds. It makes calls on request, and answers with their cost. */
import { pathToFileURL } from "node:url";
import type { Cost, Job } from "./speed.ts";

const [, , origin = "", ...files] = process.argv;
const calls = await Promise.all(
  files.map(async (file) => {
    const { create } = (await import(pathToFileURL(file).href)) as Kind;
    // Turns everything on for the client. The rest is on by default.
    return create(origin, { onEvent() {}, rate: 1e6 });
  }),
);

/** The exports of each file in `kinds/`. */
interface Kind {
  create(origin: string, options: object): () => Promise<{ groupId?: number } | undefined>;
}

async function run({ kind, calls: count, inFlight }: Job): Promise<Cost> {
  const call = calls[kind];
  let left = count;
  const lane = async () => {
    while (left-- > 0) {
      const answer = await call?.();
      if (!Number.isSafeInteger(answer?.groupId))
        throw new Error(`${files[kind]} must return a group id, not ${JSON.stringify(answer)}`);
    }
  };
  const cpu = process.cpuUsage();
  const from = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - from) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / count, rate: count / seconds };
}

process.on("message", async (job: Job) => process.send?.(await run(job)));
process.on("disconnect", () => process.exit());
process.send?.("ready");
