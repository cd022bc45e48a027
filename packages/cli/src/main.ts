#!/usr/bin/env node
import { run } from "./program.ts";

/** Where undici, Node's own too, keeps what its `fetch` sends with. */
const globalDispatcher = Symbol.for("undici.globalDispatcher.1");

// A terminal that has gone is no reason to leave anything half done.
process.stderr.on("error", () => {});
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") return; // Whoever read it has what they wanted.
  process.stderr.write(`dingrole: stdout cannot be written: ${message}\n`);
  process.exitCode = 1;
});

// Set, and not exited with: what stdout still has to say is said. A mock serves on, and says itself how it ends.
const exitCode = await run(process.argv.slice(2));
// A proxy that closes each connection at CONNECT is connected to again and again by undici 7, for as long as it lives.
const dispatcher = (globalThis as { [globalDispatcher]?: { destroy?(): unknown } })[globalDispatcher];
if (exitCode !== undefined) dispatcher?.destroy?.();
if (exitCode) process.exitCode = exitCode;
