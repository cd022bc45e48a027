/** `npm run bench`: what the client costs, beside others. Its arguments are those of test/bench. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { onEnd } from "./on-end.ts";
import { prepare, root } from "./turbo.ts";

let bench: ChildProcess | undefined;
onEnd(() => bench?.kill());

await prepare(["build"], "--filter=@dingrole/client");
bench = spawn(process.execPath, ["bench.ts", ...process.argv.slice(2)], {
  cwd: join(root, "test/bench"),
  stdio: "inherit",
});
bench.once("exit", (code) => process.exit(code ?? 1));
