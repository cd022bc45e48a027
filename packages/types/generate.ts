/** Generates the types of the whole description with openapi-typescript. */
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString, COMMENT_HEADER, type OpenAPI3 } from "openapi-typescript";

export async function generate(): Promise<Record<string, string>> {
  const spec: OpenAPI3 = JSON.parse(readFileSync(new URL(import.meta.resolve("@dingrole/spec/openapi.json")), "utf8"));
  return { "openapi.ts": COMMENT_HEADER + astToString(await openapiTS(spec, { alphabetize: false })) };
}

if (import.meta.main)
  for (const [file, text] of Object.entries(await generate()))
    writeFileSync(new URL(`src/generated/${file}`, import.meta.url), text);
