/** The description with operations that DingTalk does not have. Together they use every concept, for tests of its readers. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Description, toDescription } from "./description.ts";

const spec = import.meta.dirname;

/** The YAML of the operations, as entries of `paths`. */
export const imaginedOperations = readFileSync(join(spec, "imagined-operations.yaml"), "utf8");

export function readImaginedDescription(): Description {
  const folder = mkdtempSync(join(tmpdir(), "dingrole-imagined-"));
  try {
    const description = readFileSync(join(spec, "openapi.yaml"), "utf8");
    const edited = description.replace(/^components:/m, () => `${imaginedOperations}\ncomponents:`);
    writeFileSync(join(folder, "openapi.yaml"), edited);
    copyFileSync(join(spec, "error-codes.yaml"), join(folder, "error-codes.yaml"));
    const args = ["bundle", "openapi.yaml", "--config", join(spec, "redocly.yaml"), "--dereferenced", "--ext=json"];
    return toDescription(JSON.parse(execFileSync("redocly", args, { cwd: folder, encoding: "utf8", stdio: "pipe" })));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
