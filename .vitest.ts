import { defineConfig } from "vitest/config";

export default defineConfig({
  root: process.cwd(),
  test: {
    environment: "node",
    allowOnly: false,
    // The machines are shared: what takes one second here takes ten elsewhere.
    testTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ["default", ["json", { outputFile: ".vitest/results.json" }]],
    // Nothing that is tested prints: a stray console call is a fault, or a leak.
    onConsoleLog(log) {
      throw new Error(`A test printed: ${log}`);
    },
  },
});
