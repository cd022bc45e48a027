import { configure } from "../../packages/dev/vitest.config.ts";

export default configure({ testTimeout: 120_000, maxConcurrency: 10 });
