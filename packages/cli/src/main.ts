#!/usr/bin/env node
import { run } from "./program.ts";

// Set, and not exited with: what stdout still has to say is said.
process.exitCode = await run(process.argv.slice(2));
