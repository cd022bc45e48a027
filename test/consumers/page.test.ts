import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type MockServer, startMock } from "@dingrole/mock";
import { launch } from "@dingrole/test-browser/launch.ts";
import { serveStatic } from "@hono/node-server/serve-static";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { serveApp } from "./serve-app.ts";

const programs = join(inject("installed"), "programs");
const dist = join(programs, "page/dist");

let mock: MockServer;
let site: Awaited<ReturnType<typeof serveApp>>;
let browser: Browser;

beforeAll(async () => {
  const input = ["index.html", "secret.html"].map((page) => join(programs, "page", page));
  await build({ root: join(programs, "page"), logLevel: "error", build: { rolldownOptions: { input } } });
  mock = await startMock();
  site = await serveApp(await createSite());
  browser = await launch();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
  await mock?.close();
});

/** The service with its pages, and a proxy to DingTalk for the page that calls DingTalk itself. */
async function createSite() {
  const { createService }: typeof import("./programs/service.ts") = await import(join(programs, "service.ts"));
  const app = createService({ accessToken: "6d1bxxxx", baseUrl: mock.url });
  app.use(serveStatic({ root: dist }));
  return app.all("*", async ({ req }) => {
    const { pathname, search } = new URL(req.url);
    const headers = { "content-type": req.header("content-type") ?? "" };
    const body = req.method === "POST" ? await req.text() : null;
    return fetch(mock.url + pathname + search, { method: req.method, headers, body });
  });
}

/** Fills in and sends the form once for each name. Returns the text of the page, and the messages on the console. */
async function submit(page: string, ...names: string[]) {
  const tab = await browser.newPage();
  tab.setDefaultTimeout(15_000);
  const printed: string[] = [];
  tab.on("console", (message) => printed.push(`${message.type()}: ${message.text()}`));
  tab.on("pageerror", (error) => printed.push(String(error)));
  await tab.goto(`${site.url}/${page}`);
  const shown: (string | null)[] = [];
  for (const name of names) {
    await tab.locator("output").evaluate((output) => (output.textContent = ""));
    await tab.getByLabel("Name").fill(name);
    await tab.getByRole("button").click();
    await tab.locator("output:not(:empty)").waitFor();
    shown.push(await tab.locator("output").textContent());
  }
  await tab.close();
  return { shown, printed };
}

test("a page that calls its own server shows the groupId, and the refusals of the server", async () => {
  mock.reset();
  const { shown, printed } = await submit("index.html", "制造部", "");
  expect(shown).toEqual(["Created role group 1560985325", "addRoleGroup: name must not be empty"]);
  expect(printed).toEqual([expect.stringMatching(/^error: .* 400 /)]);
  expect(mock.requests.map(({ form }) => form?.name)).toEqual(["制造部"]);
});

test("a page with an appSecret creates a role group, and warns once, without quoting the secret", async () => {
  mock.reset();
  const { shown, printed } = await submit("secret.html", "制造部", "研发部");
  expect(shown).toEqual(["Created role group 1560985325", "Created role group 1560985326"]);
  expect(printed).toEqual([expect.stringMatching(/^warning: createClient: an appSecret in a page is public\./)]);
  expect(printed.join()).not.toContain("canary");
  expect(mock.requests.map(({ form }) => form?.name).filter(Boolean)).toEqual(["制造部", "研发部"]);
});

test("the page that calls its own server contains no code of the client", () => {
  const files = readdirSync(join(dist, "assets"));
  const [page] = files.filter((file) => file.startsWith("index-"));
  expect(readFileSync(join(dist, "assets", page as string), "utf8")).not.toMatch(/dingrole|add_role_group/);
});
