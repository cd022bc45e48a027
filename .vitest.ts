import { defineConfig } from "vitest/config";

export default defineConfig({
  root: process.cwd(),
  test: {
    environment: "node",
    reporters: ["default", ["json", { outputFile: ".vitest/results.json" }]],
    // Nothing that is tested prints: a stray console call is a fault, or a leak.
    onConsoleLog(log) {
      throw new Error(`A test printed: ${log}`);
    },
  },
});
