/** How well the facts are known, as the site shows it. */
import { type Claim, type Field, readDescription } from "@dingrole/spec";
import { toGrades, toSubject } from "@dingrole/spec/evidence";

const { sources } = readDescription();

/** How well a field or an example is known. It has no folded list, because Redoc's search would show its markup. */
export const knownInWords = (evidence: readonly Claim[]) => `Known: ${toGrades(evidence)}.`;

/** A part that opens: its heading says how well the facts are known, and it lists their sources, with those of the named parts. */
export function foldSources(evidence: readonly Claim[], parts: readonly Pick<Field, "name" | "evidence">[]): string {
  const claims = [
    ...evidence.map((claim) => toLine(claim)),
    ...parts.flatMap(({ name, evidence }) => evidence.map((claim) => toLine(claim, name))),
  ];
  const list = [...new Set(claims)].join("\n");
  return `<details><summary>Sources: ${toGrades(evidence)}</summary>\n\n${list}\n\n</details>`;
}

function toLine(claim: Claim, part?: string): string {
  const { grade, of, source, note } = claim;
  const { title = source, url } = sources[source] ?? {};
  const words = `${part ? `\`${part}\`: ` : ""}${grade}${of === undefined ? "" : ` (${toSubject(claim)})`}`;
  return `- ${words}: ${url ? `[${title}](${url})` : title}.${note ? ` ${note}` : ""}`;
}
