/** `npm run generate`: makes all that is committed and made from the description. */
import { report, runTasks } from "./turbo.ts";

const runs = await runTasks(["generate"]);
process.stdout.write(report(runs));
process.exitCode = runs.every(({ passed }) => passed) ? 0 : 1;
