import { mergeConfig } from "vitest/config";
import shared from "../../.vitest.ts";

export default mergeConfig(shared, { test: { globalSetup: "./install.ts" } });
