/** `npm run docs`: builds and serves the docs, and builds them again when a source changes. */
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { onEnd } from "./on-end.ts";
import { createReloader, serveDocs } from "./serve-docs.ts";
import { findFault, freePort, parseFlags, prepare, root } from "./turbo.ts";

onEnd(() => {});

/** How often the sources are compared. An editor writes a file in several steps, so two comparisons must agree. */
const SETTLED_MS = 200;
const sources = [
  ...["spec/*", "docs/*", ...["site", "browser", "guides", "samples"].map((folder) => `docs/${folder}/**`)],
  ...["packages/client/*", "packages/client/src/**", "packages/mock/README.md"],
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

/** If the build fails, prints the fault and keeps the last good pages. */
async function rebuild(state: string) {
  built = state;
  // Without turbo's cache: if a source changes during the build, the result would be cached for the old source.
  const fault = await findFault(["build"], filter, "--no-cache").catch((error) => error.message);
  if (readState() !== state) return; // A source has changed since: the next build reports.
  process.stdout.write(fault ? `  ✗ ${fault}\n` : "  ✓ built again\n");
  if (!fault) reload();
}

/**
 * All sources with the times of their last change, for a comparison. The system's file watcher is not used: it loses a folder
 * that is moved, and a file that is replaced.
 */
function readState(): string {
  return globSync(sources, { cwd: root })
    .map((path) => [path, statSync(join(root, path), { throwIfNoEntry: false })] as const)
    .map(([path, stat]) => (stat?.isFile() ? `${path} ${stat.ctimeMs}` : ""))
    .join("\n");
}
