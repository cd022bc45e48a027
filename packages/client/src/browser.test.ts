import { afterEach, beforeEach, expect, test, vi } from "vitest";

const app = { appKey: "key", appSecret: "canary-6d1bxxxx" };

/** Loads the entry again, as a page does. Collects its warnings instead of printing them. */
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

test("an appSecret in a page gives one warning, which says what to do, without the secret", async () => {
  const { createClient, warnings } = await load({ document: {} });
  for (const client of [createClient(app), createClient(app)]) expect(Object.keys(client)).toContain("addRoleGroup");
  expect(warnings()).toEqual([[expect.stringMatching(/^createClient: an appSecret in a page .* server [^\n]*$/)]]);
  expect(String(warnings())).not.toContain("canary");
});

test("a token in a page gives no warning: the page's own proxy may need none", async () => {
  const { createClient, warnings } = await load({ document: {} });
  createClient({ accessToken: "none" });
  expect(warnings()).toEqual([]);
});

test("an appSecret in a worker, which has the same bundle but no page, gives no warning", async () => {
  const { createClient, warnings } = await load({});
  createClient(app);
  expect(warnings()).toEqual([]);
});

test("invalid options are refused as in the other entries", async () => {
  const { createClient } = await load({ document: {} });
  expect(() => createClient(undefined as never)).toThrow("createClient: pass accessToken alone");
});

test("it has the same exports as the package", async () => {
  const { warnings: _, ...browser } = await load({});
  const index = await import("./index.ts");
  expect(Object.keys(browser).toSorted()).toEqual(Object.keys(index).toSorted());
});
