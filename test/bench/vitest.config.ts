export { default } from "../../packages/dev/vitest.config.ts";
