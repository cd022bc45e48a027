import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@dingrole/dev/turbo";
import { describe, expect, test } from "vitest";

const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");
const { workspaces } = JSON.parse(read("package.json"));
const folders = globSync(workspaces as string[], { cwd: root }).filter((each) =>
  existsSync(join(root, each, "package.json")),
);

describe.each(folders)("%s", (folder) => {
  test("extends the shared configuration where an editor and vitest look for it", () => {
    const shared = /^\{\s*"extends": "(\.\.\/)+(packages\/)?dev\/tsconfig\.json"/;
    if (folder !== join("packages", "dev")) {
      expect(read(folder, "tsconfig.json")).toMatch(shared);
      expect(read(folder, "vitest.config.ts")).toMatch(/ from "(\.\.\/)+(packages\/)?dev\/vitest\.config\.ts";/);
    }
    expect(JSON.parse(read(folder, "package.json")).scripts.test ?? "vitest run").toBe("vitest run");
  });
});

test("turbo.json of the root has only rules for all workspaces", () => {
  const named = Object.keys(JSON.parse(read("turbo.json")).tasks).filter((task) => /#/.test(task));
  expect(named).toEqual(["//#lint"]);
});
