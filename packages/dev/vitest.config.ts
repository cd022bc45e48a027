import { configDefaults, defineConfig, type TestUserConfig } from "vitest/config";

/** The settings of every workspace's tests, and the ones of this workspace alone. */
export function configure(own: TestUserConfig = {}) {
  return defineConfig({
    test: {
      environment: "node",
      exclude: [...configDefaults.exclude, "**/dist/**", "**/.*/**"],
      allowOnly: false,
      // A process for each file costs more than most files: tests restore what they change in their globals.
      isolate: false,
      // The machines are shared: a test that takes one second here takes ten elsewhere.
      testTimeout: 60_000,
      expect: { poll: { timeout: 15_000 } },
      reporters: ["default", ["json", { outputFile: ".vitest/results.json" }]],
      // Tested code never prints: a stray console call is a fault, or leaks a secret.
      onConsoleLog(log) {
        throw new Error(`A test must not print: ${log}`);
      },
      ...own,
    },
  });
}

export default configure();
