// Prism as it comes as a library, silent: with its log it takes more than twice as long.
import openapi from "@dingrole/spec/openapi.json" with { type: "json" };
import { createLogger } from "@stoplight/prism-core";
import { getHttpOperationsFromSpec } from "@stoplight/prism-http";

export const config = {
  isProxy: false,
  validateRequest: true,
  validateResponse: true,
  checkSecurity: true,
  errors: false,
  mock: { dynamic: false },
};
export const components = { logger: createLogger("bench", { level: "silent" }) };
export const operations = () => getHttpOperationsFromSpec(structuredClone(openapi));
