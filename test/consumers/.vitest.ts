import { mergeConfig } from "vitest/config";
import shared from "../../.vitest.ts";

export default mergeConfig(shared, {
  test: { globalSetup: "./install.ts", include: ["*.test.ts"] }, // programs/ has tests of Jest's.
});
