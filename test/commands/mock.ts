/** `npm run mock`: Prism's own command, serving the description. */
import { spawn } from "node:child_process";
import { prepare, root } from "./turbo.ts";

await prepare(["build"], "--filter=@dingrole/spec");
const args = ["mock", "spec/dist/openapi.json", "--port", "4010", ...process.argv.slice(2)];
const prism = spawn("prism", args, { cwd: root, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => prism.kill(signal));
prism.once("exit", (code) => process.exit(code ?? 0));
