/** A mock for each test of vitest's, as a fixture. */
import { test as base } from "vitest";
import { type MockOptions, type MockServer, startMock } from "./start-mock.ts";

/** vitest's `test`, with a `mock` that is started for each test that names it, and closed after it. */
export const test = base.extend<{
  /** The mock's options: `test.override({ mockOptions: … })` sets them for a file or a group. */
  mockOptions: MockOptions;
  mock: MockServer;
}>({
  mockOptions: {},
  mock: async ({ mockOptions }, use) => {
    await using mock = await startMock(mockOptions);
    await use(mock);
  },
});
