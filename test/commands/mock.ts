/** `npm run mock`: Prism's own command, serving the description. */
import { spawn } from "node:child_process";
import { freePort, parseFlags, prepare, root } from "./turbo.ts";

const flags = parseFlags({ port: { type: "string", default: "4010" } });
const port = await freePort("npm run mock", "port", flags.port);
await prepare(["build"], "--filter=@dingrole/spec");

const prism = spawn("prism", ["mock", "spec/dist/openapi.json", "--port", String(port)], {
  cwd: root,
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => prism.kill(signal));
prism.once("exit", (code) => process.exit(code ?? 0));
