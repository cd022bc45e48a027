/** What `npm run lint` of the description refuses: everything made from it relies on that. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const spec = join(import.meta.dirname, "../../spec");
const folder = mkdtempSync(join(tmpdir(), "dingrole-lint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Edit = [file: "openapi.yaml" | "error-codes.yaml", from: RegExp | string, to: string];

/** What is edited, and the line and the words that lint answers with. */
const faults: Record<string, { edit: Edit; at: RegExp; words: string }> = {
  "an error code without keywords": {
    edit: ["error-codes.yaml", /(- code: 40014\n(?:.*\n){4}) {2}keywords: .*\n/, "$1"],
    at: /^- code: 40014/,
    words: "The field `keywords` must be present on this level.",
  },
  "a keyword that is a sentence": {
    edit: ["error-codes.yaml", "keywords: [系统繁忙, 稍后重试]", "keywords: [系统繁忙请您稍后再重试一次]"],
    at: /keywords: \[系统繁忙请/,
    words:
      "The keywords of error code -1 must be different words of at most 8 letters, one of them Chinese, not [系统繁忙请您稍后再重试一次].",
  },
  "a keyword twice": {
    edit: ["error-codes.yaml", "keywords: [成功]", "keywords: [成功, 成功]"],
    at: /keywords: \[成功, 成功\]/,
    words:
      "The keywords of error code 0 must be different words of at most 8 letters, one of them Chinese, not [成功, 成功].",
  },
};

interface Problem {
  message: string;
  location: { source: { ref: string }; start: { line: number } }[];
}

let reports: { problems: Problem[] }[];
const folderOf = (title: string) => title.replaceAll(/\W+/g, "-");

/** One run of Redocly over all the broken copies: starting it costs more than a description does. */
beforeAll(() => {
  for (const [title, { edit }] of Object.entries(faults)) breakCopy(folderOf(title), edit);
  const files = Object.keys(faults).map((title) => join(folderOf(title), "openapi.yaml"));
  const args = ["lint", "--config", join(spec, "redocly.yaml"), "--format=json", ...files];
  const { stdout, stderr } = spawnSync("redocly", args, { cwd: folder, encoding: "utf8" });
  reports = stdout.split(/(?<=^\})(?=\{)/m).map((report) => JSON.parse(report));
  expect(reports.length, stderr).toBe(files.length);
}, 30_000);

function breakCopy(name: string, [edited, from, to]: Edit) {
  mkdirSync(join(folder, name));
  for (const file of ["openapi.yaml", "error-codes.yaml"]) copyFileSync(join(spec, file), join(folder, name, file));
  const text = readFileSync(join(folder, name, edited), "utf8");
  const broken = text.replace(from, to);
  expect(broken, `${edited} has no ${from}`).not.toBe(text);
  writeFileSync(join(folder, name, edited), broken);
}

test.each(Object.entries(faults))("%s is refused, with its line and why", (title, { edit: [file], at, words }) => {
  const { problems = [] } = reports[Object.keys(faults).indexOf(title)] ?? {};
  expect(problems.map(({ message }) => message)).toEqual([words]);
  const [place] = problems[0]?.location ?? [];
  expect(place?.source.ref).toBe(join(folderOf(title), file));
  const lines = readFileSync(join(folder, folderOf(title), file), "utf8").split("\n");
  expect(lines[(place?.start.line ?? 0) - 1]).toMatch(at);
});
