/** `npm run generate`: makes every committed file that is generated from the description. */
import { onEnd } from "./on-end.ts";
import { parseFlags, report, runTasks } from "./turbo.ts";

onEnd(() => process.exit(1)); // An interrupted run has not passed.

parseFlags({});
const runs = await runTasks(["generate"]);
process.stdout.write(report(runs));
process.exitCode = runs.every(({ passed }) => passed) ? 0 : 1;
