import { afterEach, beforeEach, expect, test, vi } from "vitest";

const app = { appKey: "key", appSecret: "canary-6d1bxxxx" };

/** The entry as a page loads it: afresh. What it warns of is kept, and nothing is printed. */
async function load({ document }: { document?: object }) {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  if (document) vi.stubGlobal("document", document);
  return { ...(await import("./browser.ts")), warnings: () => warn.mock.calls };
}

beforeEach(() => vi.resetModules());
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("an appSecret in a page is one warning, once, which names the way out and not the secret", async () => {
  const { createClient, warnings } = await load({ document: {} });
  for (const client of [createClient(app), createClient(app)]) expect(Object.keys(client)).toContain("addRoleGroup");
  expect(warnings()).toEqual([[expect.stringMatching(/^createClient: an appSecret in a page .* server [^\n]*$/)]]);
  expect(String(warnings())).not.toContain("canary");
});

test("a token in a page is no secret of an app's: a proxy of the page's own may ask for none", async () => {
  const { createClient, warnings } = await load({ document: {} });
  createClient({ accessToken: "none" });
  expect(warnings()).toEqual([]);
});

test("an appSecret in a worker, which is bundled alike and is in no page, is no warning", async () => {
  const { createClient, warnings } = await load({});
  createClient(app);
  expect(warnings()).toEqual([]);
});

test("options that are wrong are refused as elsewhere", async () => {
  const { createClient } = await load({ document: {} });
  expect(() => createClient(undefined as never)).toThrow("createClient: pass accessToken alone");
});

test("it exports what the package exports", async () => {
  const { warnings: _, ...browser } = await load({});
  const index = await import("./index.ts");
  expect(Object.keys(browser).toSorted()).toEqual(Object.keys(index).toSorted());
});
