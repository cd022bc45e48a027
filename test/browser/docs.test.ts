import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";
import openapi from "@dingrole/spec/openapi.json" with { type: "json" };
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { open, pages, site, urlOf } from "./browser.ts";
import { launch } from "./launch.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
  Object.values(item).map((operation) => ({ path, operation })),
);

describe("the reference", () => {
  test.each(operations)("$operation.operationId has a section, found from the menu", async ({ path, operation }) => {
    const { tab } = await open(browser, "index.html");
    await tab
      .getByRole("link", { name: operation.tags[0] as string, exact: true })
      .first()
      .click();
    await tab.getByText(operation.summary, { exact: true }).first().click();
    const heading = tab.getByRole("link", { name: `link to ${operation.summary}`, exact: true });
    await heading.waitFor({ state: "attached" });
    expect(await tab.locator("#redoc").innerText()).toContain(path);
    await tab.context().close();
  });

  test.each([
    ["40014", "errors:-token"],
    ["角色组", "addrolegroup"],
    ["制造", ""],
    ["idempotency", "addrolegroup"],
    ["add_role_group", "addrolegroup"],
  ])("the search finds %s, by the keyboard alone", async (words, section) => {
    const { tab } = await open(browser, "index.html");
    const count = async () => (await tab.locator("body").innerText()).split(words).length;
    const before = await count();
    await tab.keyboard.press("Control+k");
    await tab
      .getByPlaceholder(/search/i)
      .last()
      .waitFor();
    await tab.keyboard.type(words);
    await expect.poll(count, { timeout: 10_000 }).toBeGreaterThan(before);
    await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("Enter");
    if (section) await expect.poll(() => decodeURI(tab.url()), { timeout: 5000 }).toContain(section);
    await tab.context().close();
  });

  test("a deep link opens at its section from a cold load", async () => {
    const { tab } = await open(browser, "index.html#/role-groups/addrolegroup");
    const heading = tab.getByRole("heading", { name: "Create a role group" }).first();
    await heading.waitFor();
    expect((await heading.boundingBox())?.y).toBeLessThan(400);
    await tab.context().close();
  });

  test("it is dark where the reader's machine is, and a button changes it", async () => {
    const { tab } = await open(browser, "index.html", { colorScheme: "dark" });
    const background = () =>
      tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") as Promise<string>;
    const brightness = async () => Math.min(...((await background()).match(/\d+/g) ?? []).slice(0, 3).map(Number));
    expect(await brightness()).toBeLessThan(80);
    await tab
      .getByRole("button", { name: /^(light|dark)$/i })
      .first()
      .click();
    await expect.poll(brightness).toBeGreaterThan(200);
    await tab.context().close();
  });

  test("a sample is copied whole", async () => {
    const { tab } = await open(browser, "index.html#/role-groups/addrolegroup", {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const sample = readFileSync(join(site, "../samples/addRoleGroup.sh"), "utf8");
    await tab.getByText("#!/bin/sh").first().hover();
    await tab
      .locator('[data-component-name*="CodeBlock"] button:has(svg), [data-component-name*="Copy"] button')
      .first()
      .click();
    const copied = await tab.evaluate<string>("navigator.clipboard.readText()");
    expect(copied.trim()).toBe(sample.trim());
    await tab.context().close();
  });

  test("without JavaScript every operation, field and answer is there to read", async () => {
    const { tab } = await open(browser, "index.html", { javaScriptEnabled: false });
    const text = await tab.locator("body").innerText();
    for (const { path, operation } of operations) {
      expect(text).toContain(operation.summary);
      expect(text).toContain(path);
    }
    for (const word of ["角色组", "appsecret", "name", "noPermission", "60011"]) expect(text).toContain(word);
    await tab.context().close();
  });

  test("it is painted before its script has come", async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    let isAsked = false;
    await tab.route(/redoc\..*\.js$/, () => {
      isAsked = true; // And never answered.
    });
    await tab.goto(urlOf("index.html"), { waitUntil: "commit" });
    const paint = () => tab.evaluate(() => performance.getEntriesByName("first-contentful-paint").length);
    await expect.poll(paint, { timeout: 10_000 }).toBe(1);
    expect(isAsked).toBe(true);
    expect(await tab.getByText("How failure looks").first().isVisible()).toBe(true);
    await context.close();
  });

  test("it prints with its text, and without its menu", async () => {
    const { tab } = await open(browser, "index.html");
    await tab.emulateMedia({ media: "print" });
    expect(await tab.getByText("Failure arrives as HTTP 200").first().isVisible()).toBe(true);
    expect((await tab.pdf()).length).toBeGreaterThan(10_000);
    await tab.context().close();
  });
});

describe("the error codes", () => {
  test("each has a link of its own, which a cold load opens at its row", async () => {
    const { tab } = await open(browser, "errors.html#error-40014");
    const row = tab.locator("#error-40014");
    expect(await row.isVisible()).toBe(true);
    const { y } = (await row.boundingBox()) ?? { y: Number.NaN };
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThan(700);
    expect(await tab.locator("tbody tr").count()).toBe(openapi["x-error-codes"].length);
    await tab.context().close();
  });

  test("the filter finds a code and a word", async () => {
    const { tab } = await open(browser, "errors.html");
    await tab.getByLabel("Find a code or a word").fill("allowlist");
    const shown = await tab.locator("tbody tr:visible").count();
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(20);
    expect(await tab.locator("output").innerText()).toBe(`${shown} found`);
    await tab.getByLabel("Find a code or a word").fill("40014");
    expect(await tab.locator("#error-40014").isVisible()).toBe(true);
    await tab.context().close();
  });
});

test("the guides and the client's reference share a search, which finds a Chinese word", async () => {
  const { tab } = await open(browser, "client/index.html");
  await tab.getByRole("button", { name: "Search" }).click();
  await tab.keyboard.type("BlockedError");
  await tab.getByRole("option").first().waitFor();
  expect(await tab.getByRole("option").first().innerText()).toContain("BlockedError");
  await tab.context().close();
});

test("on a host of any path, under a content security policy without unsafe-eval, nothing is refused", async () => {
  const types: Record<string, string> = {
    html: "text/html",
    js: "text/javascript",
    css: "text/css",
    svg: "image/svg+xml",
  };
  const policy =
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:";
  const server = createServer((request, response) => {
    const file = join(site, normalize((request.url ?? "").replace(/^\/some\/path/, "").replace(/[?#].*/, "")));
    if (!existsSync(file)) return void response.writeHead(404).end();
    const type = types[file.split(".").pop() ?? ""] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const tab = await browser.newPage();
  const faults: string[] = [];
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  for (const page of ["index.html#/role-groups/addrolegroup", "errors.html", "client/index.html"]) {
    await tab.goto(`http://127.0.0.1:${port}/some/path/${page}`);
    await tab.waitForLoadState("networkidle");
    if (page.startsWith("index")) {
      await tab.keyboard.press("Control+k");
      await tab.keyboard.type("40014");
      await tab.waitForTimeout(1000);
    }
  }
  expect(faults.filter((each) => !each.includes("favicon"))).toEqual([]);
  await tab.close();
  server.close();
  server.closeAllConnections();
});

describe("links", () => {
  const html = (page: string) => readFileSync(join(site, page), "utf8");
  const files = [...new Set(pages.map((page) => page.split("#")[0] as string))];

  test.each(files.filter((page) => page !== "index.html"))(
    "%s has no dead one, to a file or to a place in it",
    (page) => {
      const targets = [...html(page).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, target = ""]) => target);
      const dead = targets.filter((target) => {
        if (/^(https?:|data:|mailto:|javascript:)/.test(target)) return false;
        const [path = "", anchor] = target.split("#");
        const file = path === "" ? page : join(dirname(page), decodeURI(path));
        if (!existsSync(join(site, file))) return true;
        // A bare # is a script's, and so are icons; a slash begins a place of Redoc's.
        return anchor && !/^(icon-|\/)/.test(anchor) && !html(file).includes(`id="${decodeURI(anchor)}"`);
      });
      expect(dead).toEqual([]);
    },
  );

  test("Redoc's page has none to a file", async () => {
    const definition = html("index.html");
    const targets = [...definition.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    expect(targets.length).toBeGreaterThan(300);
    const dead = targets.filter(
      (target) => !/^https?:/.test(target) && !existsSync(join(site, target.split("#")[0] as string)),
    );
    expect(dead).toEqual([]);
  });
});
