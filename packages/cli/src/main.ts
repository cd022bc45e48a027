#!/usr/bin/env node
import { run } from "./program.ts";

/** undici, and so Node's own `fetch`, keeps its global dispatcher under this symbol. */
const globalDispatcher = Symbol.for("undici.globalDispatcher.1");

// Without a listener, a closed terminal would end the process in the middle of its work.
process.stderr.on("error", () => {});
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") return; // The reader, such as `head`, has read enough.
  process.stderr.write(`dingrole: stdout cannot be written: ${message}\n`);
  process.exitCode = 1;
});

// Not `process.exit`, which would cut off buffered stdout. `run` returns nothing while a mock serves: it sets its own exit code.
const exitCode = await run(process.argv.slice(2));
// If a proxy closes the connection at CONNECT, undici 7 reconnects again and again, until its dispatcher is destroyed.
const dispatcher = (globalThis as { [globalDispatcher]?: { destroy?(): unknown } })[globalDispatcher];
if (exitCode !== undefined) dispatcher?.destroy?.();
if (exitCode) process.exitCode = exitCode;
