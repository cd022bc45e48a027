/** The answers of the servers for the docs. They serve the site in docs/dist. */
import type { AddressInfo } from "node:net";
import { runInNewContext } from "node:vm";
import { createReloader, serveDocs } from "@dingrole/dev/serve-docs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

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
    ["/client/moon.js", 404],
    ["/client/classes", 404],
    ["/%ff.html", 400],
    ["/%", 400],
    ["//", 400],
    ["//example.org/client", 400],
    ["/%00.html", 400],
    ["/..%2f..%2fpackage.json", 400],
    ["/..%5c..%5cpackage.json", 400],
  ])("%s is answered with %s, and the next request is served", async (path, status) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    if (status === 404) expect(await response.text()).toContain("<h1>Page not found</h1>");
    expect((await get("/errors.html")).status).toBe(200);
  });

  test("a folder without a slash is redirected to the folder, because the links of its page are relative", async () => {
    const { status, headers } = await get("/client?a=b");
    expect([status, headers.get("location")]).toEqual([302, "/client/?a=b"]);
  });

  if (plugins.length > 0)
    // A browser has six connections for a host: if each page held one, the seventh tab would get none.
    test.each(["/errors.html", "/client/", "/moon.html"])(
      "%s reloads after a change if it is visible, and holds no connection for that",
      async (path) => {
        const [, script = ""] = /<script>([^<]*__version[^<]*)<\/script>/.exec(await (await get(path)).text()) ?? [];
        const document = { hidden: false };
        let loads = 0;
        let ask = async () => {};
        runInNewContext(script, {
          document,
          location: { reload: () => loads++ },
          fetch: (asked: string) => get(asked),
          setInterval: (callback: typeof ask) => (ask = callback),
        });
        await ask();
        expect(loads).toBe(0);
        reloader.reload();
        document.hidden = true;
        await ask();
        expect(loads).toBe(0);
        document.hidden = false;
        await ask();
        expect(loads).toBe(1);
      },
    );
});
