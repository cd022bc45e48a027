/**
 * `npm start`: generates everything from the description, starts the mock and the docs, runs a consumer that creates a role
 * group, and serves until Ctrl-C. With `--once` it ends after the consumer.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onEnd } from "./on-end.ts";
import { serveDocs } from "./serve-docs.ts";
import { fail, freePort, parseFlags, prepare, root } from "./turbo.ts";

let stop: () => unknown = () => {};
onEnd(() => stop());

const flags = parseFlags({
  "mock-port": { type: "string", default: "4010" },
  "docs-port": { type: "string", default: "4011" },
  once: { type: "boolean", default: false },
});
if (flags["mock-port"] === flags["docs-port"]) fail("--mock-port and --docs-port must be different ports");
const mockPort = await freePort("npm start", "mock-port", flags["mock-port"]);
const docsPort = await freePort("npm start", "docs-port", flags["docs-port"]);

await prepare(["generate"]);
await prepare(["build"]);

const token = "6d1bxxxx";
const mockCommand = [join(root, "packages/mock/dist/cli.js"), "--port", String(mockPort), "--token", token];
const mock = spawn(process.execPath, mockCommand, { stdio: ["ignore", "pipe", "inherit"] });
process.once("exit", () => mock.kill());
const first = await Promise.race([once(mock.stdout, "data"), once(mock, "exit").then(() => "exit")]);
if (first === "exit") fail("the mock failed");
mock.stdout.resume();
const docs = await serveDocs(docsPort);
stop = () => docs.close();
const mockUrl = `http://127.0.0.1:${mockPort}`;

const consumer = spawn(process.execPath, [join(root, "test/consumers/programs/create-role-group.js"), "制造部"], {
  stdio: "inherit",
  env: { ...process.env, DINGTALK_BASE_URL: mockUrl, DINGTALK_ACCESS_TOKEN: token },
});
const [status] = await once(consumer, "exit");
if (status !== 0) fail("the consumer failed");

if (flags.once) {
  await stop();
  process.exit(0);
}
process.stdout.write(`\n  mock  ${mockUrl}\n  docs  http://127.0.0.1:${docsPort}/\n\n  Ctrl-C ends both.\n`);
