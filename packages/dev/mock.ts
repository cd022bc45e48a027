/** `npm run mock`: Prism's own command, serving the description. */
import { type ChildProcess, spawn } from "node:child_process";
import { onEnd } from "./on-end.ts";
import { freePort, parseFlags, prepare, root } from "./turbo.ts";

let prism: ChildProcess | undefined;
onEnd(() => prism?.kill());

const flags = parseFlags({ port: { type: "string", default: "4010" } });
const port = await freePort("npm run mock", "port", flags.port);
await prepare(["build"], "--filter=@dingrole/spec");

prism = spawn("prism", ["mock", "spec/dist/openapi.json", "--port", String(port)], { cwd: root, stdio: "inherit" });
prism.once("exit", (code) => process.exit(code ?? 1));
