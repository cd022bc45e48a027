export { default } from "../dev/vitest.config.ts";
