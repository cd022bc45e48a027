/** Helpers of all templates, which build the text of a program. */

/** The columns of the box that the site shows a sample in. */
export const WIDTH = 64;

type Part = string | number | false | undefined | readonly (string | false | undefined)[];

/**
 * The text of a program, as the template literal shows it. Backslashes stay unchanged. `\${` stands for a `${` of the program.
 * All lines of a part get the indentation of its first line. A line that contains only an empty part is left out.
 */
export function source({ raw }: TemplateStringsArray, ...parts: Part[]): string {
  let text = "";
  raw.forEach((piece, index) => {
    const written = piece.replaceAll("\\${", "${").replaceAll("\\`", "`");
    if (index === 0) {
      text = written.replace(/^\n/, "");
      return;
    }
    const part = toText(parts[index - 1]);
    const line = text.slice(text.lastIndexOf("\n") + 1);
    const indent = line.match(/^[ \t]*/)?.[0] ?? "";
    if (part === "" && line === indent && written.startsWith("\n"))
      text = text.slice(0, text.length - line.length) + written.slice(1);
    else text += part.replaceAll("\n", `\n${indent}`) + written;
  });
  return text;
}

function toText(part: Part): string {
  if (typeof part === "object") return part.filter((line) => typeof line === "string").join("\n");
  return part === false || part === undefined ? "" : String(part);
}

/** The first variant whose lines all fit the box, or else the last one. */
export function fit(...ways: readonly string[]): string {
  return fitIn("", ...ways);
}

/** The same for a part with an indentation. */
export function fitIn(indent: string, ...ways: readonly string[]): string {
  return ways.find((way) => way.split("\n").every((line) => fits(indent + line))) ?? (ways.at(-1) as string);
}

/** Items with commas, as many on each line as fit, followed by `end`. */
export function fill(items: readonly string[], indent: string, end = ""): string {
  return wrap(items.length > 0 ? items.with(-1, items.at(-1) + end) : [end], indent, ", ", ",");
}

/** A statement that joins strings with `+`. */
export function concatenate(begin: string, [first = '""', ...others]: readonly string[]): string {
  const lines = [fit(`${begin} ${first}`, `${begin}\n  ${first}`)];
  if (others.length > 0) lines.push(wrap(others, "  + ", " + ", ""));
  return `${lines.join("\n")};`;
}

/** A comment of as many lines as it takes. */
export function comment(mark: string, text: string): string {
  return wrap(text.split(" "), `${mark} `, " ", "");
}

/** As many items on each line as fit. Each line has the start, and each line except the last has the end. */
export function wrap(items: readonly string[], start: string, separator: string, end: string): string {
  const lines: string[] = [];
  for (const item of items) {
    const longer = `${lines.at(-1)}${separator}${item}`;
    if (lines.length > 0 && fits(longer + end)) lines[lines.length - 1] = longer;
    else lines.push(start + item);
  }
  return lines.join(`${end}\n`);
}

/** The columns that a line takes: a Chinese character takes two, and a tab four. */
export function columnsOf(line: string): number {
  return line.replaceAll("\t", "    ").replace(/[^\0-\x7f]/g, "--").length;
}

const fits = (line: string) => columnsOf(line) <= WIDTH;
