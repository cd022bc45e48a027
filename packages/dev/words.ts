/** A part of lint: finds sentences that a reader with basic English must read twice, and says how to write them instead. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Shape {
  name: string;
  /** A space also matches a line break within a comment. */
  pattern: RegExp;
  advice: string;
}

const opening = /(?:(?:\/\*\*|\/\/|^ *\*|^ *#|[a-z)`][.!]) |\b(?:test|describe)\(["`])/.source;

export const shapes: readonly Shape[] = [
  {
    name: "is no X",
    pattern: /(?<!\bthere )\b(?:is|are|was|were|be) no (?!longer\b|more\b|later\b|earlier\b)/,
    advice: 'write "is not an X"',
  },
  {
    name: "that is none",
    pattern: /\b(?:that|which|it|but) (?:is|are|was|were) none\b/,
    advice: 'write "an invalid X", or "is not an X"',
  },
  {
    name: "that there is",
    pattern: /\bthat there (?:is|are|was|were)(?: not)?(?=[.,:;"'`)]| in\b)/,
    advice: 'write "an unknown X", or "that exists"',
  },
  {
    name: "there is no option X",
    pattern: /\bthere is no (?:such|field|option|operation|scenario|region|command|flag|kind|telling)\b/,
    advice: 'write "unknown option X: expected …"',
  },
  { name: "mend", pattern: /\bmend(?:s|ed|ing)?\b/, advice: 'write "fix"' },
  {
    name: "whoever, whatever",
    pattern: /\b(?:who|whom|what|which)ever\b|\bwhom\b/,
    advice: 'name it: "the caller that …", "any X that …", "even if …"',
  },
  { name: "nobody's", pattern: /\b(?:no|any|some)body(?: else)?'s\b/, advice: 'name the owner: "of another package"' },
  {
    name: "an X of Y's",
    pattern:
      /\bof (?:[\w`@/-]+ ){1,3}?[\w`]+'s(?: own)?(?=[.,:;!?)"`]|$| (?:is|are|was|were|has|had|and|or|but|that|which|in|on|to|for|with|from|by|at|as|of|not|can|cannot|may|must)\b)/,
    advice: 'write "Y\'s X"',
  },
  {
    name: "what is Y is Z",
    pattern:
      /\bwhat (?:is|are|was|were|has|had) [^.,;:?"`()]{1,50}? (?:is|are|was|were|has|does|do|must|can|cannot|stays?) /,
    advice: 'name the thing: "a created group is not sent again"',
  },
  {
    name: "What …",
    pattern: new RegExp(`${opening}what\\b[^?\\n]{0,300}?[.;:"\`*]`),
    advice: 'begin with the noun ("The result of …") or with the verb ("Returns …")',
  },
  {
    name: "Those …",
    pattern: new RegExp(`${opening}(?:those|that of|one that|of)\\b`),
    advice: 'name the noun: "The packages that …"',
  },
  {
    name: "what X says of Y",
    pattern: /\bwhat (?:of\b|[^.,;:?"`()]{0,40}\b(?:has|have|knows?|is missing|tells?|says?|said) of\b)/,
    advice: 'write "about", or name the thing',
  },
  {
    name: "where",
    pattern:
      /\bwhere (?:there (?:is|are|was)|nothing|none|nobody|somebody|neither|this is|it (?:does|has|cannot|can)\b)|(?<!, )\bwhere (?:an?|the|its|each) [\w`-]+ (?:has|cannot|can|fails|needs|asks|does|may|would|could|proves)\b/,
    advice: 'write "if" or "when"; "where" is for a place',
  },
  {
    name: "but for",
    pattern: /\b(?:but|save|were it not|if not) for\b/,
    advice: 'write "except", or "without"',
  },
  {
    name: "for",
    pattern: /, for (?:there|it|they|nothing|the next|nobody)\b/,
    advice: 'write "because"',
  },
  { name: "nor", pattern: /(?<!\bneither\b.{1,60})\bnor\b/, advice: 'write "and not", or a sentence of its own' },
  {
    name: "is to be",
    pattern: /\b(?:is|are|was|were|has|have) (?:not |still |yet )?to be\b/,
    advice: 'write "must be", or "will be"',
  },
  {
    name: "an idiom",
    pattern: /\b(?:in the place of|shut out|passed over|all the same|at the most|however (?:long|many|much))\b/,
    advice: 'write "instead of", "blocked", "ignored", "even so", "at most", "of any length"',
  },
  {
    name: "a word from books",
    pattern:
      /\b(?:anew|heed\w*|vouch\w*|hence|thus|lest|albeit|whence|where(?:by|in|of|upon)|there(?:by|in|of)|here(?:by|of)|whilst|amongst|upon|shall|ought|betray\w*|hitherto|likewise)\b/,
    advice: "write the everyday word: again, obey, so, by which, while, among, on, must",
  },
];

/** Files that are not read, each with its reason. */
const exceptions = new Map([
  ["package-lock.json", "npm writes it."],
  ["packages/dev/words.ts", "It names the shapes."],
  ["test/commands/words.test.ts", "It names the shapes."],
]);

export interface Finding {
  line: number;
  column: number;
  words: string;
  shape: string;
  advice: string;
}

const compiled = shapes.map(({ pattern, ...shape }) => ({
  ...shape,
  pattern: new RegExp(pattern.source.replace(/(?<=[^^]) /g, "\\s+"), "gim"),
}));

export function findShapes(text: string): Finding[] {
  const joined = joinLines(text);
  const found = compiled.flatMap(({ name, pattern, advice }) =>
    Array.from(joined.matchAll(pattern), ({ 0: words, index }) => {
      const before = text.slice(0, index).split("\n");
      const column = (before.at(-1)?.length ?? 0) + 1;
      return { line: before.length, column, words: words.replace(/\s+/g, " ").trim(), shape: name, advice };
    }),
  );
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Joins the lines of each comment and paragraph. The length stays the same, so an index is valid in both texts. */
function joinLines(text: string): string {
  let previous = "";
  let joined = "";
  for (const line of text.split("\n")) {
    const [mark] = /^\s*(?:\*(?=\s)|\/\/|#)?\s*/.exec(line) ?? [""];
    const isComment = mark.trim() !== "";
    const isContinued = isComment ? /^\s*(?:\/\*|\*|\/\/|#)/.test(previous) : line.trim() !== "" && previous !== "";
    joined += isContinued ? " ".repeat(mark.length + 1) + line.slice(mark.length) : `\n${line}`;
    previous = line;
  }
  return joined.slice(1);
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "../..");
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8" })
    .split("\0")
    .filter((file) => /(\.(?:[cm]?[jt]s|jsonc?|md|ya?ml|css|html|sh|py|go|java|cs|php)|^\.ci\/run)$/.test(file))
    .filter((file) => !file.includes("/generated/") && !exceptions.has(file) && existsSync(join(root, file)));
  for (const file of files)
    for (const { line, column, words, shape, advice } of findShapes(readFileSync(join(root, file), "utf8"))) {
      process.exitCode = 1;
      process.stdout.write(`${file}:${line}:${column}: "${words}" (${shape}): ${advice}\n`);
    }
}
