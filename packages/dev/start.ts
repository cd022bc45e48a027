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

const { startMock } = await import("@dingrole/mock");
const mock = await startMock({ port: mockPort }).catch((error) => fail(error.message));
const docs = await serveDocs(docsPort);
stop = () => Promise.all([mock.close(), docs.close()]);

const consumer = spawn(process.execPath, [join(root, "test/consumers/programs/create-role-group.js"), "制造部"], {
  stdio: "inherit",
  env: { ...process.env, DINGTALK_BASE_URL: mock.url, DINGTALK_ACCESS_TOKEN: "6d1bxxxx" },
});
const [status] = await once(consumer, "exit");
if (status !== 0) fail("the consumer failed");

process.stdout.write(`\n  mock  ${mock.url}\n  docs  http://127.0.0.1:${docsPort}/\n`);
if (flags.once) {
  await stop();
  process.exit(0);
}
process.stdout.write("\n  Ctrl-C ends both.\n");
