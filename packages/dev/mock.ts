/** `npm run mock`: our mock, with the flags of its own command. With `--prism`: Prism's own command, with Prism's flags. */
import { type ChildProcess, spawn } from "node:child_process";
import { onEnd } from "./on-end.ts";
import { prepare, root } from "./turbo.ts";

let mock: ChildProcess | undefined;
onEnd(() => mock?.kill());

const flags = process.argv.slice(2).filter((flag) => flag !== "--prism");
const isPrism = process.argv.includes("--prism");
await prepare(["build"], `--filter=@dingrole/${isPrism ? "spec" : "mock"}`);

mock = isPrism
  ? spawn("prism", ["mock", "spec/dist/openapi.json", ...flags], { cwd: root, stdio: "inherit" })
  : spawn(process.execPath, ["packages/mock/dist/cli.js", ...flags], { cwd: root, stdio: "inherit" });
mock.once("exit", (code) => process.exit(code ?? 1));
