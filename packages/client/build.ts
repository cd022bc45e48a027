/** Builds the published files: types, and a bundle of each entry, as ES modules and, in `cjs/`, as CommonJS. */
import { execSync } from "node:child_process";
import { cpSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

/** `npm run docs` and `npm test` can build at the same time. So each build has its own folder, and a rename puts it in place. */
const work = `.building-${process.pid}`;
const dist = `${work}/dist`;
process.once("exit", () => rmSync(work, { recursive: true, force: true }));

execSync(`tsc --project tsconfig.build.json --outDir ${dist}/cjs`, { stdio: "inherit" });
cpSync(`${dist}/cjs`, dist, { recursive: true }); // Both formats have the same types.
for (const [format, outdir] of [
  ["esm", dist],
  ["cjs", `${dist}/cjs`],
] as const) {
  await build({
    entryPoints: ["index", "browser", "node", "openapi-fetch", "paginate", "batches", "ensure", "error-codes"].map(
      (entry) => `src/${entry}.ts`,
    ),
    bundle: true,
    external: ["./index.js", "./paginate.js", "node:zlib"],
    format,
    target: "es2022",
    // Jest cannot use import() in CommonJS.
    supported: { "dynamic-import": format === "esm" },
    outdir,
    logLevel: "warning",
  });
}
writeFileSync(`${dist}/cjs/package.json`, '{ "type": "commonjs" }\n');

if (existsSync("dist")) renameSync("dist", `${work}/last`);
renameSync(dist, "dist");
