/** A vitest fixture: a mock for each test. */
import { test as base } from "vitest";
import { type MockOptions, type MockServer, startMock } from "./start-mock.ts";

/** vitest's `test` with a fixture `mock`: it is started for each test that uses it, and closed after the test. */
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
