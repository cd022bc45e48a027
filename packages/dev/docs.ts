/** `npm run docs`: builds the docs and serves them; builds them again when what they are made of changes. */
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onEnd } from "./on-end.ts";
import { createReloader, serveDocs } from "./serve-docs.ts";
import { findFault, freePort, parseFlags, prepare, root } from "./turbo.ts";

onEnd(() => {});

/** An editor writes a file in several steps. */
const SETTLED_MS = 200;
const sources = [
  ...["spec/*", "docs/*", ...["site", "browser", "guides", "samples"].map((folder) => `docs/${folder}/**`)],
  ...["packages/client/*", "packages/client/src/**", "packages/mock/README.md", "README.md"],
];
const filter = "--filter=@dingrole/docs";

const flags = parseFlags({ port: { type: "string", default: "4011" } });
const port = await freePort("npm run docs", "port", flags.port);
let built = readState();
await prepare(["build"], filter);

const { plugin, reload } = createReloader();
await serveDocs(port, [plugin]);
process.stdout.write(
  `\n  docs  http://127.0.0.1:${port}/\n\n  Ctrl-C ends it. A change in spec/, docs/ or the client is shown at once.\n`,
);

for (let last = built; ; ) {
  await setTimeout(SETTLED_MS);
  const state = readState();
  if (state === last && state !== built) await rebuild(state);
  last = state;
}

/** What is broken is said, and the last good pages stay. */
async function rebuild(state: string) {
  built = state;
  // Not into turbo's cache: what changes while it is built would be kept there as the build of what it was before.
  const fault = await findFault(["build"], filter, "--no-cache").catch((error) => error.message);
  if (readState() !== state) return; // The next build has the word.
  process.stdout.write(fault ? `  ✗ ${fault}\n` : "  ✓ built again\n");
  if (!fault) reload();
}

/**
 * All sources with the times of their last change, to be compared. Watching them would be for the system to do, but it
 * tells nothing more of a folder that was moved, or of a file that was replaced by another.
 */
function readState(): string {
  return globSync(sources, { cwd: root })
    .map((path) => [path, statSync(join(root, path), { throwIfNoEntry: false })] as const)
    .map(([path, stat]) => (stat?.isFile() ? `${path} ${stat.ctimeMs}` : ""))
    .join("\n");
}
