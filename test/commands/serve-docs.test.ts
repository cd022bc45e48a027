/** What the docs' servers answer with. The site is that of docs/dist. */
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch } from "../browser/launch.ts";
import { createReloader, serveDocs } from "./serve-docs.ts";

const reloader = createReloader();

describe.each([
  ["npm start", []],
  ["npm run docs", [reloader.plugin]],
])("%s", (_, plugins) => {
  let server: Awaited<ReturnType<typeof serveDocs>>;
  let url: string;
  beforeAll(async () => {
    server = await serveDocs(0, plugins);
    url = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const get = (path: string) => fetch(url + path, { redirect: "manual" });

  test.each([
    ["/", 200],
    ["/errors.html?a#b", 200],
    ["/client/", 200],
    ["/errors.js?a", 200],
    ["/moon", 404],
    ["/moon.html", 404],
    ["/client/moon/", 404],
    ["/%ff.html", 400],
    ["/%", 400],
    ["//", 400],
    ["//example.org/client", 400],
    ["/%00.html", 400],
    ["/..%2f..%2fpackage.json", 400],
    ["/..%5c..%5cpackage.json", 400],
  ])("%s is answered with %s, and what comes next is served", async (path, status) => {
    expect((await get(path)).status).toBe(status);
    expect((await get("/errors.html")).status).toBe(200);
  });

  test("a folder without its slash leads to the folder: its page's links are relative", async () => {
    const { status, headers } = await get("/client?a=b");
    expect([status, headers.get("location")]).toEqual([302, "/client/?a=b"]);
  });

  if (plugins.length > 0)
    test("more tabs than a browser has connections for a host load, and load again after a change", async () => {
      const browser = await launch();
      const context = await browser.newContext();
      const pages = ["/errors.html", "/client/", "/moon.html", ...Array(5).fill("/errors.html")];
      const tabs = await Promise.all(
        pages.map(async (page) => {
          const tab = await context.newPage();
          await tab.goto(url + page, { timeout: 20_000 });
          return tab;
        }),
      );
      const reloaded = tabs.map((tab) => tab.waitForEvent("load", { timeout: 20_000 }));
      reloader.reload();
      await Promise.all(reloaded);
      await browser.close();
    });
});
