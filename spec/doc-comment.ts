import type { Operation, Schema } from "./description.ts";
import { toGrades } from "./evidence.ts";

/** The hover text of an operation's method, or of a field. */
export function toDocComment(node: Operation | Schema, indent: string): string {
  const { description, evidence } = node;
  const grades = toGrades(evidence);
  const lines = [
    "summary" in node && `${node.summary}.`,
    description.trim(),
    grades && `${grades[0]?.toUpperCase()}${grades.slice(1)}.`,
    ...("type" in node ? tagsOf(node) : []),
  ];
  const text = lines.filter(Boolean).join("\n\n").replaceAll("*/", "*\\/");
  if (!text) return "";
  const body = text.split("\n").map((line) => `${indent} * ${line}`.trimEnd());
  return `${indent}/**\n${body.join("\n")}\n${indent} */\n`;
}

function tagsOf(schema: Schema): string[] {
  const tags = [];
  if (schema.default !== undefined) tags.push(`@default ${JSON.stringify(schema.default)}`);
  if (schema.isDeprecated) tags.push("@deprecated");
  if (schema.example !== undefined) tags.push(`@example ${JSON.stringify(schema.example)}`);
  return tags;
}
