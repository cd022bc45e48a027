import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, inject, test } from "vitest";
import { type Phase, phases, startFaultServer } from "./fault-server.ts";
import { nodes } from "./runtimes.ts";

const run = promisify(execFile);
const programs = join(inject("installed"), "programs");

interface Met {
  outcome: "not-executed" | "executed" | "unknown";
}

describe.each(nodes.filter(({ command }) => command !== undefined))("on $name", ({ name, command }) => {
  test.each(["@dingrole/client", "@dingrole/client/node"])("%s says what became of a create", async (entry) => {
    const server = await startFaultServer();
    try {
      const file = join(programs, `faults-${name}-${entry}.json`.replaceAll(/[/ ]/g, "-"));
      writeFileSync(file, JSON.stringify(server.faults));
      const [program, ...args] = command as [string];
      const { stdout } = await run(program, [...args, join(programs, "print-outcomes.js"), entry], {
        env: { ...server.env, FAULTS: file },
        cwd: programs,
      });
      const outcomes: Record<Phase, Met> = JSON.parse(stdout);
      for (const phase of Object.keys(phases) as Phase[]) {
        if (outcomes[phase].outcome === "not-executed") expect(server.executed[phase], phase).toBe(0);
        if (outcomes[phase].outcome === "executed") expect(server.executed[phase], phase).toBe(1);
      }
    } finally {
      await server.close();
    }
  });
});
