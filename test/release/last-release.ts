/** Reads the last release from its tag, and the type of the next one from the pending changesets. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readChangesets } from "@changesets/read";

export interface Release {
  /** Such as `@dingrole/types@1.2.3`, the format of changesets. */
  tag: string;
  version: string;
}

/** The last release of a package among the ancestors of the work tree; `undefined` if there is no tag. */
export function findLastRelease(repo: string, name: string): Release | undefined {
  const tags = git(repo, "tag", "--list", `${name}@*`, "--sort=-version:refname", "--merged", "HEAD");
  const [tag] = tags.split("\n").filter(Boolean);
  return tag === undefined ? undefined : { tag, version: tag.slice(name.length + 1) };
}

/** Writes the released versions of a folder's files whose names match. Returns their paths. */
export function extractReleased(repo: string, { tag }: Release, folder: string, fits: RegExp, to: string): string[] {
  mkdirSync(to, { recursive: true });
  const files = git(repo, "ls-tree", "--name-only", tag, `${folder}/`).split("\n");
  return files
    .filter((file) => fits.test(file))
    .map((file) => {
      const path = join(to, basename(file));
      writeFileSync(path, git(repo, "show", `${tag}:${file}`));
      return path;
    });
}

/** Whether the next release of a package is major: by a changeset, or by the version that changesets has already written. */
export async function isMajorNext(repo: string, name: string, { version }: Release): Promise<boolean> {
  const releases = (await readChangesets(repo)).flatMap((changeset) => changeset.releases);
  if (releases.some((release) => release.name === name && release.type === "major")) return true;
  const manifest = JSON.parse(readFileSync(join(repo, name.replace("@dingrole", "packages"), "package.json"), "utf8"));
  return majorOf(manifest.version) > majorOf(version);
}

const majorOf = (version: string) => Number.parseInt(version, 10);

function git(repo: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd: repo, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
