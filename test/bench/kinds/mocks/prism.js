// Prism as a library, with a silent logger: its log would more than double the time.
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
