import { gzipSync } from "node:zlib";
import { createClient } from "@dingrole/client";
import { type ErrorCode, errorCodes } from "@dingrole/client/error-codes";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { run } from "../run.ts";

/** The package's exports have a condition for esbuild's platform `browser`, and for no other. */
type Platform = "neutral" | "node" | "browser";

/** Bundles and minifies a program. */
async function bundleOf(contents: string, platform: Platform): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    tsconfigRaw: "{}", // The `paths` of this folder's tsconfig.json lead to the sources.
    minify: true,
    format: "esm",
    target: "es2022",
    platform,
    mainFields: ["module", "main"],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

/** The size of a program after gzip, in bytes. */
async function sizeOf(program: string, platform: Platform): Promise<number> {
  return gzipSync(await bundleOf(program, platform), { level: 9 }).length;
}

/** The size of the smallest program that makes the call. */
function gzipOf(entry: string, platform: Platform, call = 'addRoleGroup({ name: "b" })'): Promise<number> {
  const program = `import { createClient } from "${entry}";
    console.log(await createClient({ accessToken: "a" }).${call});`;
  return sizeOf(program, platform);
}

/** The budgets are for twelve operations. Another one may add 110 bytes: its row of the table, and its codes with their hints. */
const added = Object.keys(createClient({ accessToken: "a" })).length - 12;
const operations = 110 * added;
/** Another operation may add 11 bytes to each other entry: the limits of its lists, and less that gzip finds twice. */
const rows = 11 * added;

test("the client with everything that it needs has at most 8.65 kB", async () => {
  const size = await gzipOf("@dingrole/client", "neutral");
  expect(size).toBeGreaterThan(1000);
  expect(size).toBeLessThanOrEqual(8650 + operations);
});

test("in a page, with its warning, it has at most 8.76 kB", async () => {
  const size = await gzipOf("@dingrole/client", "browser");
  expect(size).toBeGreaterThan(await gzipOf("@dingrole/client", "neutral"));
  expect(size).toBeLessThanOrEqual(8760 + operations);
});

test("on Node's dispatcher it has at most 9.55 kB", async () => {
  expect(await gzipOf("@dingrole/client/node", "node")).toBeLessThanOrEqual(9550 + operations);
});

test("openapi-fetch's interface adds at most 4.22 kB, and the other entries contain none of it", async () => {
  const call = 'POST("/role/add_role_group", { body: { name: "b" } })';
  const size = await gzipOf("@dingrole/client/openapi-fetch", "neutral", call);
  expect(size - (await gzipOf("@dingrole/client", "neutral"))).toBeLessThanOrEqual(4220 + rows);
  const words = "onRequest: must return new Request() or Response()";
  const bundle = async (entry: string) => bundleOf(`export * from "@dingrole/client${entry}";`, "node");
  expect(await bundle("/openapi-fetch")).toContain(words);
  expect((await bundle("")) + (await bundle("/node"))).not.toContain(words);
});

test.each([
  [
    "paginate",
    800,
    'for await (const row of paginate(client, "listRoles")) console.log(row);',
    "paginate: operation must",
  ],
  [
    "batches",
    860,
    'console.log(await callInBatches(client, "addRolesForMembers", { roleIds: [1], userIds: ["a"] }));',
    "callInBatches: operation must",
  ],
  ["ensure", 2800, 'console.log(await ensureRoleGroup(client, { name: "a" }));', "the lock "],
])(
  "the entry %s adds at most %i bytes, and the other entries contain none of it",
  async (entry, budget, use, words) => {
    const [name = ""] = /\w+(?=\(client)/.exec(use) ?? [];
    const program = `import { createClient } from "@dingrole/client"; import { ${name} } from "@dingrole/client/${entry}";
    const client = createClient({ accessToken: "a" }); ${use}`;
    const size = (await sizeOf(program, "neutral")) - (await gzipOf("@dingrole/client", "neutral"));
    expect(size).toBeGreaterThan(300);
    expect(size).toBeLessThanOrEqual(budget + rows);
    const exported = async (others: string[]) =>
      bundleOf(others.map((each, index) => `export * as e${index} from "@dingrole/client${each}";`).join("\n"), "node");
    expect(await exported([`/${entry}`])).toContain(words);
    const others = ["", "/node", "/openapi-fetch", "/error-codes", "/paginate", "/batches", "/ensure"];
    // `ensure` reads lists with `paginate`.
    const without = others.filter((each) => each !== `/${entry}` && !(entry === "paginate" && each === "/ensure"));
    expect(await exported(without)).not.toContain(words);
  },
);

test("the table of all codes is only in bundles that import it", async () => {
  const { meaning } = errorCodes.get(33011) as ErrorCode;
  const bundle = async (entry: string) => bundleOf(`export * from "${entry}";`, "neutral");
  expect(await bundle("@dingrole/client/error-codes")).toContain(meaning);
  expect(await bundle("@dingrole/client")).not.toContain(meaning);
});

// Node takes 40 ms to load its fetch when a program first reads `fetch` or `Request`. `npm run bench` measures the time.
test.each(["@dingrole/client", "@dingrole/client/node", "@dingrole/client/openapi-fetch"])(
  "importing %s and creating a client loads nothing of Node's fetch",
  async (entry) => {
    const program = `
    import { createClient } from "${entry}";
    createClient({ appKey: "a", appSecret: "b", onEvent() {} });
    console.log(process.moduleLoadList.filter((name) => /undici/.test(name)).length);
    globalThis.Headers;
    console.log(process.moduleLoadList.filter((name) => /undici/.test(name)).length);`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: import.meta.dirname,
    });
    const [before, after] = stdout.trim().split("\n").map(Number);
    expect(before).toBe(0);
    expect(after, "the test can see that fetch is loaded").toBeGreaterThan(0);
  },
);
