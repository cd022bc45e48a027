import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type MockServer, startMock } from "@dingrole/mock";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);

/** The `node` that the machine has, behind the one that the repository brings. */
function machineNode(): string {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const node = join(folder, process.platform === "win32" ? "node.exe" : "node");
    if (!folder.includes("node_modules") && isExecutable(node)) return node;
  }
  throw new Error("No node on the PATH but the repository's own: the published packages were not run on another");
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let mock: MockServer;
beforeAll(async () => {
  mock = await startMock();
});
afterAll(() => mock.close());

describe.each([
  ["the machine's own Node", machineNode()],
  ["the repository's Node", process.execPath],
])("on %s", (_, node) => {
  const create = (name: string, env: NodeJS.ProcessEnv = {}, program = "create-role-group.js") =>
    run(node, [join(import.meta.dirname, program), name], {
      env: { DINGTALK_BASE_URL: mock.url, DINGTALK_ACCESS_TOKEN: "canary-6d1bxxxx", ...env },
    });

  test("a consumer creates a role group, and prints no token", async () => {
    const { stdout, stderr } = await create("制造部");
    expect(stdout).toContain("name=%E5%88%B6%E9%80%A0%E9%83%A8");
    expect(stdout).toContain("{ groupId: 1560985325 }");
    expect(stdout).toContain("access_token=***");
    expect(stdout + stderr).not.toContain("canary");
  });

  test("a consumer on Node's dispatcher creates one without fetch", async () => {
    const { stdout } = await create("制造部", {}, "create-on-dispatcher.js");
    expect(stdout).toBe("{ groupId: 1560985325 }\n");
  });

  test("a name that is missing is one clear line", async () => {
    await expect(create("")).rejects.toMatchObject({
      code: 1,
      stderr: "InputError: addRoleGroup: name is empty: it must have a character\n",
    });
  });

  test("a token that is missing is an error that names the option", async () => {
    await expect(create("a", { DINGTALK_ACCESS_TOKEN: "" })).rejects.toMatchObject({
      stderr: expect.stringContaining("createClient: accessToken must be a string that is not empty"),
    });
  });
});
