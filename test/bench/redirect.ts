/**
 * Loaded before a generator with `node --import`: redirects some imports. hey-api needs TypeScript 5, which only packages/types
 * has.
 */
import { registerHooks } from "node:module";

const redirects: Record<string, string> = JSON.parse(process.env.REDIRECTS ?? "{}");

registerHooks({
  resolve(specifier, context, next) {
    const url = redirects[specifier];
    return url ? { url, shortCircuit: true } : next(specifier, context);
  },
});
