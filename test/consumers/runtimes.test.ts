import { join } from "node:path";
import type { Readable } from "node:stream";
import { fingerprint, type MockServer, startMock } from "@dingrole/mock";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { run } from "../run.ts";
import { bun, bundleWorker, deno, nodes, type Runtime, workerd } from "./runtimes.ts";

const programs = join(inject("installed"), "programs");
const token = "canary-6d1bxxxx";

let mock: MockServer;
beforeAll(async () => {
  mock = await startMock();
});
beforeEach(() => mock.reset());
afterAll(() => mock.close());

const isThere = ({ command }: Runtime) => command !== undefined;
const all = [...nodes, bun, deno];

/** A missing runtime is skipped, or fails if CONSUMERS_REQUIRED is 1. */
test.for(
  [...all, workerd]
    .filter((runtime) => !isThere(runtime))
    .map(({ name, source }) => `${name}: not run, ${source} has none here for ${process.platform} ${process.arch}`),
)("%s", (lack, { skip }) => {
  expect(process.env.CONSUMERS_REQUIRED, `${lack}, and CONSUMERS_REQUIRED=1 requires all runtimes`).not.toBe("1");
  skip();
});

/** Runs a program in the folder with the installed packages. */
function runProgram({ command }: Runtime, program: string, name: string, env: NodeJS.ProcessEnv = {}) {
  const [file, ...args] = command as [string];
  return run(file, [...args, join(programs, program), name], {
    env: { DINGTALK_BASE_URL: mock.url, DINGTALK_ACCESS_TOKEN: token, NO_COLOR: "1", ...env },
    cwd: programs,
  });
}

describe.each(all.filter(isThere))("on $name", (runtime) => {
  test("a consumer creates a role group, and prints no token", async () => {
    const { stdout, stderr } = await runProgram(runtime, "create-role-group.js", "制造部");
    expect(stdout).toContain("name=%E5%88%B6%E9%80%A0%E9%83%A8");
    expect(stdout).toMatch(/→ \{\s+groupId: 1560985325,?\s+\}\n/); // Bun prints the object on several lines.
    expect(stdout).toContain("access_token=***");
    expect(stdout + stderr).not.toContain("canary");
    expect(mock.requests).toMatchObject([{ form: { name: "制造部" }, token: fingerprint(token), violations: [] }]);
  });

  test("a missing name prints one clear line", async () => {
    await expect(runProgram(runtime, "create-role-group.js", "")).rejects.toMatchObject({
      code: 1,
      stderr: "InputError: addRoleGroup: name must not be empty\n",
    });
  });

  test("a missing token is an error that names the option", async () => {
    await expect(runProgram(runtime, "create-role-group.js", "a", { DINGTALK_ACCESS_TOKEN: "" })).rejects.toMatchObject(
      {
        stderr: expect.stringMatching(/createClient: accessToken must be a string .*, not an empty string/),
      },
    );
  });

  test("a CommonJS consumer requires the packages, and recognizes the client's errors", async () => {
    expect(await runProgram(runtime, "require.cjs", "制造部")).toMatchObject({
      stdout: "1560985325 The call succeeded.\n",
      stderr: "",
    });
    expect(await runProgram(runtime, "require.cjs", "")).toMatchObject({ stdout: "true InputError\n" });
  });

  test("a consumer that imports or requires the openapi-fetch entry creates a role group, and its middleware sees no token", async () => {
    const created = (groupId: number) =>
      `POST /role/add_role_group\n200 ${groupId}\nPOST /role/add_role_group\ntrue addRoleGroup: name must not be empty\n`;
    expect(await runProgram(runtime, "create-by-path.js", "制造部")).toMatchObject({
      stdout: created(1560985325) + created(1560985326),
      stderr: "",
    });
    const call = { form: { name: "制造部" }, token: fingerprint(token), violations: [] };
    expect(mock.requests).toMatchObject([call, call]);
  });

  test("import and require give the same copy, and paginate returns the rows of a list", async () => {
    expect(await runProgram(runtime, "one-copy.js", "")).toMatchObject({
      stdout: "true true true true true true\nmanager4220\n",
    });
  });
});

test.each(nodes.filter(isThere))(
  "on $name, a consumer creates a role group on its dispatcher, without fetch",
  async (node) => {
    expect(await runProgram(node, "create-on-dispatcher.js", "制造部")).toMatchObject({
      stdout: "{ groupId: 1560985325 }\n",
    });
  },
);

// Before this date, its fetch throws if `cache` is set.
const dates = ["2024-11-10", "2026-07-01"].filter(() => isThere(workerd));
test.each(dates)(
  "on workerd as of %s, a worker gets its token, creates a role group and walks through a list",
  async (compatibilityDate) => {
    const logged: string[] = [];
    const miniflare = new Miniflare({
      modules: true,
      script: await bundleWorker(join(programs, "worker.js")),
      compatibilityDate,
      bindings: { APP_KEY: "key", APP_SECRET: "secret", DINGTALK_BASE_URL: mock.url },
      handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
        for (const stream of [stdout, stderr]) stream.on("data", (chunk: Buffer) => logged.push(String(chunk)));
      },
    });
    try {
      const created = await miniflare.dispatchFetch("http://worker/?name=制造部");
      expect(await created.json()).toEqual({ groupId: 1560985325 });
      expect(mock.requests.map(({ operation }) => operation)).toEqual(["getToken", "addRoleGroup"]);
      const createdByPath = await miniflare.dispatchFetch("http://worker/by-path?name=制造部");
      expect(await createdByPath.json()).toEqual({ groupId: 1560985326 });
      const members = await miniflare.dispatchFetch("http://worker/members");
      expect(await members.json()).toEqual(["manager4220"]);
      const refused = await miniflare.dispatchFetch("http://worker/");
      expect(await refused.json()).toEqual({ name: "InputError", outcome: "not-executed" });
      expect(logged.join(""), "a worker is not a page, so the client does not warn").toBe("");
    } finally {
      await miniflare.dispose();
    }
  },
);
