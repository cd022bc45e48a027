/** Fills the template of each language with each operation of the description: `generated/short/` and `generated/full/`. */
import { join } from "node:path";
import { writeOrCheck } from "@dingrole/dev/write-or-check";
import { type Operation, readDescription } from "@dingrole/spec";
import { toCall } from "./call.ts";
import { type Language, languages } from "./languages.ts";

export const generated = join(import.meta.dirname, "generated");

export const kinds = ["short", "full"] as const;

export const nameOf = ({ id }: Pick<Operation, "id">, { extension }: Language) => `${id}.${extension}`;

/** The generated texts by file name. */
function generate(kind: (typeof kinds)[number]): Record<string, string> {
  const description = readDescription();
  const files = description.operations.flatMap((operation) => {
    const call = toCall(operation, description);
    return languages.map((language) => [nameOf(operation, language), language.template[kind](call)]);
  });
  return Object.fromEntries(files);
}

if (import.meta.main) for (const kind of kinds) writeOrCheck(join(generated, kind), generate(kind));
