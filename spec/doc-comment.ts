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

/** The limits of a field, in words. A list in a form has at least one item. */
function limitsOf({ minimum, maximum, maxItems, uniqueItems, omitted }: Schema & Partial<Field>): string {
  const range = [minimum !== undefined && `at least ${minimum}`, maximum !== undefined && `at most ${maximum}`];
  const sentences = [
    capitalize(range.filter(Boolean).join(", ")),
    maxItems !== undefined &&
      `${maxItems === 1 ? "One item" : `1 to ${maxItems}${uniqueItems ? " different" : ""} items`}`,
    omitted !== undefined && `${JSON.stringify(omitted)} is not sent: the field is left out`,
  ];
  return sentences.flatMap((each) => (each ? [`${each}.`] : [])).join(" ");
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
