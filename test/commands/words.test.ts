import { findShapes, shapes } from "@dingrole/dev/words";
import { expect, test } from "vitest";

const examples: Record<string, { found: string[]; fine: string[] }> = {
  "is no X": {
    found: ["// A terminal that has gone is no reason to stop.", "/**\n * An empty form is\n * no body.\n */"],
    fine: ["// There is no field for it.", "// It is no longer open."],
  },
  "that is none": { found: ['["a URL that is none", url],'], fine: ["// It is an invalid URL."] },
  "that there is": { found: ['["a region that there is not", {}],'], fine: ["// It says that there is a limit."] },
  "there is no option X": { found: ["`there is no option $" + "{name}: use a`"], fine: ["// There is no token."] },
  mend: { found: ["// Mends the page."], fine: ["// It recommends a page."] },
  "whoever, whatever": { found: ["It ends, whatever is open."], fine: ["What it is, ever so often."] },
  "nobody's": { found: ["// No export, and nobody's package."], fine: ["// Nobody reads it."] },
  "an X of Y's": {
    found: ["// The name of an example of the description's.", "// A proxy of the page's own."],
    fine: ["# The list of the group's employees is too long."],
  },
  "what is Y is Z": {
    found: ["// It goes on: what is created is not sent again."],
    fine: ["// It says what is wrong.", "// What is it?"],
  },
  "What …": {
    found: ['test("what is left stays", () => {', "/** What a command prints. */", "  # What npm has. Left alone."],
    fine: ["// What did it print?", "## What it costs\n\nNothing."],
  },
  "Those …": { found: ["/** Those that have all words. */"], fine: ["// It reads those files."] },
  "what X says of Y": {
    found: ["// It prints what a journal says of a run."],
    fine: ["// It prints what it says about it."],
  },
  where: { found: ["// Where nothing is offered, it ends."], fine: ["// The folder where the journal is."] },
  "but for": { found: ["// It shows no secret, but for a token."], fine: ["// Not for one, but two."] },
  for: { found: ["// Note them down, for the next run cannot know."], fine: ["// Ready, for now."] },
  nor: { found: ["// It asks nothing, nor does it wait."], fine: ["// It asks for neither a turn nor a token."] },
  "is to be": { found: ["// How names are to be read."], fine: ["// It seems to be read."] },
  "an idiom": {
    found: ["// A text, however long, in the place of a form."],
    fine: ["// It is first. However, it ends."],
  },
  "a word from books": { found: ["// It is made anew."], fine: ["// It is made again."] },
};

test.each(shapes.map(({ name }) => name))("%s is found, and ordinary words are not", (name) => {
  const shapesOf = (text: string) => findShapes(text).map(({ shape }) => shape);
  for (const text of examples[name]?.found ?? [""]) expect(shapesOf(text), text).toContain(name);
  for (const text of examples[name]?.fine ?? []) expect(shapesOf(text), text).not.toContain(name);
});

test("a finding has the line and the column of its first word, in a comment of several lines, too", () => {
  expect(findShapes("const a = 1;\n/**\n * An empty form is\n * no body.\n */\n")).toMatchObject([
    { line: 3, column: 18, words: "is no" },
  ]);
});
