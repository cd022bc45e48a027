/** Puts the description into the package, without the error codes, which no request needs. */
import { readFileSync, writeFileSync } from "node:fs";

export async function generate(): Promise<Record<string, string>> {
  const spec = JSON.parse(readFileSync(new URL(import.meta.resolve("@dingrole/spec/openapi.json")), "utf8"));
  delete spec["x-error-codes"];
  return { "openapi.json": `${JSON.stringify(spec, null, 2)}\n` };
}

if (import.meta.main)
  for (const [file, text] of Object.entries(await generate()))
    writeFileSync(new URL(`src/generated/${file}`, import.meta.url), text);
