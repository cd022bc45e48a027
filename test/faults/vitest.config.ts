import { configure } from "../../packages/dev/vitest.config.ts";

export default configure({ testTimeout: 30_000 });
