/**
 * `npm run bench`: measures the client, with `--mock` the mock, with `--cli` a long import, with `--duplicates` the groups that
 * clients create twice. Passes its arguments to test/bench.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { onEnd } from "./on-end.ts";
import { prepare, root } from "./turbo.ts";

let bench: ChildProcess | undefined;
onEnd(() => bench?.kill());

const args = process.argv.slice(2);
const [subject, program] = args.includes("--mock")
  ? ["mock", ["--expose-gc", "mocks.ts"]]
  : args.includes("--cli")
    ? ["cli", ["import.ts"]]
    : ["client", [args.includes("--duplicates") ? "duplicates.ts" : "bench.ts"]];
await prepare(["build"], `--filter=@dingrole/${subject}`, "--filter=@dingrole/mock");
bench = spawn(process.execPath, [...program, ...args], { cwd: join(root, "test/bench"), stdio: "inherit" });
bench.once("exit", (code) => process.exit(code ?? 1));
