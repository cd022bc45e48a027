import { configure } from "../../packages/dev/vitest.config.ts";

export default configure({ testTimeout: 360_000, hookTimeout: 120_000, maxWorkers: 2 });
