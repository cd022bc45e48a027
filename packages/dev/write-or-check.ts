import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "../..");

/**
 * The last step of a generator: writes its files into a folder that holds no other files. If the command line has `--check`,
 * it writes nothing, and fails if the folder holds anything else.
 */
export function writeOrCheck(folder: string, files: Readonly<Record<string, string>>): void {
  if (!process.argv.includes("--check")) {
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    return;
  }
  const name = relative(root, folder);
  const present = existsSync(folder) ? readdirSync(folder) : [];
  for (const [file, text] of Object.entries(files))
    if (!present.includes(file) || readFileSync(join(folder, file), "utf8") !== text)
      fail(`${name}/${file} is not what spec/ generates: run \`npm run generate\` and commit what it changes`);
  for (const file of present) if (!(file in files)) fail(`${name}/${file} is a file that nothing generates: delete it`);
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
