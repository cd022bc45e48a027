/** `npm run bench`: what the client costs, or with `--mock` the mock, beside others. Its arguments are those of test/bench. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { onEnd } from "./on-end.ts";
import { prepare, root } from "./turbo.ts";

let bench: ChildProcess | undefined;
onEnd(() => bench?.kill());

const args = process.argv.slice(2);
const isMock = args.includes("--mock");
await prepare(["build"], `--filter=@dingrole/${isMock ? "mock" : "client"}`);
bench = spawn(process.execPath, [...(isMock ? ["--expose-gc", "mocks.ts"] : ["bench.ts"]), ...args], {
  cwd: join(root, "test/bench"),
  stdio: "inherit",
});
bench.once("exit", (code) => process.exit(code ?? 1));
