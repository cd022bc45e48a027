/** `npm run docs`: builds the docs and serves them; builds them again when what they are made of changes. */
import { watch } from "node:fs";
import { join } from "node:path";
import { onEnd } from "./on-end.ts";
import { createReloader, serveDocs } from "./serve-docs.ts";
import { findFault, freePort, parseFlags, prepare, root } from "./turbo.ts";

onEnd(() => {});

const flags = parseFlags({ port: { type: "string", default: "4011" } });
const port = await freePort("npm run docs", "port", flags.port);
const build = ["build"];
const filter = "--filter=@dingrole/docs";
await prepare(build, filter);

const { plugin, reload } = createReloader();
await serveDocs(port, [plugin]);
process.stdout.write(
  `\n  docs  http://127.0.0.1:${port}/\n\n  Ctrl-C ends it. A change in spec/, of a guide or of a sample is shown at once.\n`,
);

/** An editor writes a file in several steps. */
const SETTLED_MS = 200;
let settled: NodeJS.Timeout | undefined;
let building = Promise.resolve();

/** What is broken is said, and the last good pages stay. */
async function rebuild() {
  const fault = await findFault(build, filter);
  process.stdout.write(fault ? `  ✗ ${fault}\n` : "  ✓ built again\n");
  if (!fault) reload();
}

for (const folder of ["spec", "docs/guides", "docs/samples", "packages/client/src"])
  watch(join(root, folder), { recursive: folder !== "spec" }, (_, file) => {
    if (!file || /(^|\/)(dist|node_modules|\.turbo)(\/|$)/.test(file)) return;
    clearTimeout(settled);
    settled = setTimeout(() => {
      building = building.then(rebuild);
    }, SETTLED_MS);
  });
