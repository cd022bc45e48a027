import { configure } from "../../packages/dev/vitest.config.ts";

export default configure({ maxWorkers: 2 });
