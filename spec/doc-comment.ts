import type { Field, Operation, Schema } from "./description.ts";
import { toGrades } from "./evidence.ts";

/** The hover text of an operation's method, or of a field. */
export function toDocComment(node: Operation | Schema, indent: string): string {
  const { description, evidence } = node;
  const grades = toGrades(evidence);
  const lines = [
    "summary" in node && `${node.summary}.`,
    description.trim(),
    "type" in node && limitsOf(node),
    grades && `${capitalize(grades)}.`,
    ...("type" in node ? tagsOf(node) : []),
  ];
  const text = lines.filter(Boolean).join("\n\n").replaceAll("*/", "*\\/");
  if (!text) return "";
  const body = text.split("\n").map((line) => `${indent} * ${line}`.trimEnd());
  return `${indent}/**\n${body.join("\n")}\n${indent} */\n`;
}

/** The limits of a field, in words, and the word that leaves it out. */
function limitsOf({ minimum, maximum, minItems, maxItems, uniqueItems, omitted }: Schema & Partial<Field>): string {
  const sentences = [
    rangeOf(minimum, maximum),
    rangeOf(minItems, maxItems, uniqueItems ? " different items" : " items"),
    omitted && `Write \`${JSON.stringify(omitted)}\` to leave it out.`,
  ];
  return sentences.filter(Boolean).join(" ");
}

function rangeOf(minimum?: number, maximum?: number, unit = ""): string {
  if (maximum === undefined) return minimum === undefined ? "" : `At least ${minimum}${unit}.`;
  return minimum === undefined ? `At most ${maximum}${unit}.` : `From ${minimum} to ${maximum}${unit}.`;
}

function capitalize(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function tagsOf(schema: Schema): string[] {
  const tags = [];
  if (schema.default !== undefined) tags.push(`@default ${JSON.stringify(schema.default)}`);
  if (schema.isDeprecated) tags.push("@deprecated");
  if (schema.example !== undefined) tags.push(`@example ${JSON.stringify(schema.example)}`);
  return tags;
}
