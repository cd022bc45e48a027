import { configure } from "../../packages/dev/vitest.config.ts";

export default configure({
  globalSetup: "./install.ts",
  include: ["*.test.ts"], // programs/ contains Jest tests.
});
