/**
 * Loaded ahead of a generator (`node --import`): sends some of its imports elsewhere. hey-api needs TypeScript 5, of which
 * packages/types has the only one.
 */
import { registerHooks } from "node:module";

const redirects: Record<string, string> = JSON.parse(process.env.REDIRECTS ?? "{}");

registerHooks({
  resolve(specifier, context, next) {
    const url = redirects[specifier];
    return url ? { url, shortCircuit: true } : next(specifier, context);
  },
});
