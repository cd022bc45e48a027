/** Finds breaking changes since the last release that no major changeset announces. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, compilers, targets } from "@dingrole/test-types/compilers.ts";
import { run } from "../run.ts";
import { extractReleased, findLastRelease, isMajorNext, type Release } from "./last-release.ts";

const redocly = join(import.meta.dirname, "../../node_modules/.bin/redocly");

/** The breaking changes of the description, found by `redocly diff`. */
export async function findSpecBreaks(repo: string): Promise<string[]> {
  return findBreaks(repo, "@dingrole/types", tmpdir(), (release, folder) => {
    extractReleased(repo, release, "spec", /\.ya?ml$/, folder);
    return diff(join(folder, "openapi.yaml"), join(repo, "spec/openapi.yaml"));
  });
}

/** The errors of the released type tests, compiled against the code in the work tree. */
export async function findTypeBreaks(repo: string): Promise<string[]> {
  // In a folder inside the workspace, so that the tests import its packages.
  return findBreaks(repo, "@dingrole/client", import.meta.dirname, async (release, folder) => {
    const files = extractReleased(repo, release, "test/types", /\.test-d\.ts$|\/program\.ts$/, folder);
    if (files.length === 0) throw new Error(`${release.tag} must have type tests`);
    const options = { ...targets.nodenext, skipLibCheck: true, types: ["node"] };
    const complaints = files.map((file) => compile(compilers.at(-1) as (typeof compilers)[0], file, options));
    return (await Promise.all(complaints)).flatMap((complaint) => complaint.split("\n").filter(Boolean));
  });
}

async function findBreaks(
  repo: string,
  name: string,
  parent: string,
  find: (release: Release, folder: string) => Promise<string[]>,
): Promise<string[]> {
  const release = findLastRelease(repo, name);
  if (!release || (await isMajorNext(repo, name, release))) return [];
  const folder = mkdtempSync(join(parent, ".project-"));
  try {
    const breaks = await find(release, folder);
    const way = `since ${release.tag}: undo it, or add a major changeset for ${name}`;
    return breaks.map((each) => `${each} (${way})`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Diff {
  changes: { verdicts: { impact: string; message: string }[] }[];
}

async function diff(base: string, revision: string): Promise<string[]> {
  const args = ["diff", base, revision, "--format=json", "--fail-on=none"];
  const env = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const { stdout } = await run(redocly, args, { env, maxBuffer: 2 ** 26 });
  const { changes } = JSON.parse(stdout) as Diff;
  const verdicts = changes.flatMap((change) => change.verdicts);
  return verdicts.filter(({ impact }) => impact === "major").map(({ message }) => message);
}
