#!/usr/bin/env node
import { run } from "./program.ts";

// A terminal that has gone is no reason to leave anything half done.
process.stderr.on("error", () => {});
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") return; // Whoever read it has what they wanted.
  process.stderr.write(`dingrole: stdout cannot be written: ${message}\n`);
  process.exitCode = 1;
});

// Set, and not exited with: what stdout still has to say is said. A mock serves on, and says itself how it ends.
const exitCode = await run(process.argv.slice(2));
if (exitCode) process.exitCode = exitCode;
