/** `npm run generate`: makes every committed file that is generated from the description. */
import { onEnd } from "./on-end.ts";
import { report, runTasks } from "./turbo.ts";

onEnd(() => {});

const runs = await runTasks(["generate"]);
process.stdout.write(report(runs));
process.exitCode = runs.every(({ passed }) => passed) ? 0 : 1;
