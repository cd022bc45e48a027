import { existsSync, globSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, normalize } from "node:path";
import { type Operation, readDescription, readDocument } from "@dingrole/spec";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { leaveTab, load, open, openTab, pages, placeOf, site, takeTab, urlOf } from "./browser.ts";
import { launch } from "./launch.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

/** Loads a page in a tab that no test uses. The test gives the tab back. */
async function openFree(page: string): Promise<Page> {
  const { tab } = await load(await takeTab(browser), page);
  return tab;
}

const { operations, errorCodes } = readDescription();

describe("the reference", () => {
  /** A tab for tests that can follow each other in it. To load this page costs more than most tests. */
  let shared: Page;
  beforeAll(async () => {
    shared = (await open(browser, "index.html")).tab;
  });
  afterAll(() => shared.context().close());

  test.each(operations)("$id has a section, and the menu leads to it", async (operation) => {
    const { tag, summary, path } = operation;
    await shared.getByRole("link", { name: tag, exact: true }).first().click();
    await shared.getByText(summary, { exact: true }).first().click();
    const heading = shared.getByRole("link", { name: `link to ${summary}`, exact: true });
    await heading.waitFor({ state: "attached" });
    await expect.poll(() => decodeURI(shared.url())).toContain(placeOf(operation));
    expect(await shared.locator("#redoc").innerText()).toContain(path);
  });

  test.each([
    ["40014", "/role/add_role_group"],
    ["90019", "Errors: rate-limit"],
    ["addRoleGroup", "/role/add_role_group"],
    ["角色组", "/role/add_role_group"],
    ["角色", "/role/add_role_group"],
    ["idempotency", "/role/add_role_group"],
    ["add_role_group", "/role/add_role_group"],
    ["documented", "/role/add_role_group"], // In the descriptions of fields.
  ])("the search finds %s, with the keyboard only", async (words, section) => {
    const tab = shared;
    await tab.goto(urlOf("index.html#"));
    const input = tab.getByPlaceholder(/search/i).last();
    await vi.waitFor(
      async () => {
        await tab.keyboard.press("Control+k"); // Redoc may not listen yet.
        await input.waitFor({ timeout: 500 });
      },
      { timeout: 30_000 },
    );
    await tab.keyboard.press("Control+a"); // The last search.
    await tab.keyboard.type(words);
    const items = tab.locator('[data-component-name="Search/SearchItem"]');
    const found = async () => (await items.allInnerTexts()).join("\n");
    await expect.poll(found, { timeout: 10_000 }).toContain(section);
    expect(await found()).not.toMatch(/<\/?[a-z]/);
    await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("Enter");
    const place = () => decodeURI(new URL(tab.url()).hash).slice(1);
    await expect.poll(place, { timeout: 5000 }).not.toBe("");
    const row = tab.locator(
      `[data-section-id="${place()}"] :is(a[href="errors.html#error-${words}"], pre:has-text("${words}"))`,
    );
    const isInView = async () => Math.abs(((await row.first().boundingBox())?.y ?? -1) - 300) < 300;
    if (/^\d+$/.test(words)) await expect.poll(isInView, { timeout: 5000 }).toBe(true);
  });

  test("the search opens with Tab and Enter, or Space", async () => {
    const tab = await openFree("index.html");
    for (const key of ["Enter", "Space"]) {
      await tab.getByRole("button", { name: /search/i }).focus();
      await tab.keyboard.press(key);
      await tab.getByPlaceholder(/search/i).waitFor();
      await tab.keyboard.press("Escape");
      await tab.getByPlaceholder(/search/i).waitFor({ state: "detached" });
    }
    leaveTab(browser, tab);
  });

  test("every link of the menu leads to its section, also without JavaScript, and one link of each kind from a cold load", async () => {
    const { tab: plain } = await open(browser, "index.html", { javaScriptEnabled: false });
    const links = await plain
      .locator('[data-component-name="Menu/Menu"] a')
      .evaluateAll((all) => all.map((each) => [each.getAttribute("href") ?? "", each.textContent ?? ""]));
    expect(links.length).toBeGreaterThan(15);
    const kindOf = (href: string) => /^#(section\/|errors:|guides-|)/.exec(href)?.[1];
    const isFirst = ([href = ""]: string[]) =>
      links.find(([other = ""]) => kindOf(other) === kindOf(href))?.[0] === href;
    // To load the page costs more than all its links: the cold loads follow each other, then all other links in one tab.
    for (const link of [...links.filter(isFirst), ...links.filter((each) => !isFirst(each))]) {
      const [href = "", text = ""] = link;
      const place = plain.locator(`[id="${decodeURI(href.slice(1))}"]`);
      expect(href === "#" || (await place.isVisible()), `${href} without JavaScript`).toBe(true);

      if (isFirst(link)) await shared.goto("about:blank"); // Between two places in one page, a browser loads nothing.
      await shared.goto(urlOf(`index.html${href}`));
      const heading = shared.getByRole("heading", { name: new RegExp(text) }).first();
      await expect.poll(async () => (await heading.boundingBox())?.y ?? -1, { message: href }).toBeGreaterThan(-1);
      await expect.poll(async () => (await heading.boundingBox())?.y, { message: href }).toBeLessThan(700);
    }
    await plain.context().close();
  });

  describe.each([true, false])("with JavaScript: %s", (javaScriptEnabled) => {
    let tab: Page;
    beforeAll(async () => {
      ({ tab } = await open(browser, "index.html", { javaScriptEnabled }));
    });
    afterAll(() => tab.context().close());

    test.each(operations)(
      "$id says who may call it, which errors its callers meet, and how to get its token",
      async (operation) => {
        await tab.goto(urlOf(`index.html#${placeOf(operation)}`));
        const section = javaScriptEnabled
          ? tab
              .locator(`[data-section-id="/${placeOf(operation)}"]`)
              .filter({ hasText: operation.path })
              .first()
          : tab.locator(`[id="${placeOf(operation)}"]`);
        const rows = await section
          .locator('tr:has(a[href^="errors.html#error-"])')
          .evaluateAll((all) =>
            all.map((row) => [
              Number(row.querySelector("a")?.hash.replace("#error-", "")),
              row.querySelector("td:last-child")?.textContent,
            ]),
          );
        const codes = rows.map(([code]) => code);
        for (const { code } of operation.errcodes) expect(codes.filter((each) => each === code)).toEqual([code]);
        const again = Object.fromEntries(rows);
        expect(again[-1]).toBe(operation.effect === "neither" ? "look first" : "yes");
        expect(again[90018]).toBe("yes, after 1 s");
        expect(again[60020]).toBe("no");
        const permissions = Object.entries(operation.permissions).map(([name, title]) => `${name} (${title})`);
        const text = await section.innerText();
        expect(text).toContain(`Permissions: ${permissions.join(", ") || "none"}.`);
        expect(text).toContain(`App types: ${operation.appTypes.map((type) => `${type} app`).join(", ")}.`);
        expect(text).toMatch(new RegExp(`Effect: ${operation.effect}.*[.]`));
        expect(await section.locator('a[href="#access-token/gettoken"]').count()).toBe(
          operation.needsToken ? (javaScriptEnabled ? 1 : 2) : 0,
        );
      },
    );
  });

  test("the description to download has the evidence as data, and not in its texts", () => {
    const json = readFileSync(join(site, "openapi.json"), "utf8");
    expect(JSON.parse(json)).toEqual(readDocument());
    const yaml = readFileSync(join(site, "openapi.yaml"), "utf8");
    for (const text of [json, yaml]) {
      expect(text).toMatch(/x-evidence\W+grade\W+documented/);
      expect(text).not.toMatch(/documented: /i);
    }
  });

  test("the sources of a fact are one line that opens", async () => {
    const tab = await openFree("index.html#role-groups/addrolegroup");
    const fold = tab.locator("summary", { hasText: "inferred: effect, error codes" });
    await fold.waitFor();
    const source = tab.getByRole("link", { name: "Create a role group, DingTalk's international page" }).first();
    expect(await source.isVisible()).toBe(false);
    await fold.click();
    expect(await source.isVisible()).toBe(true);
    const section = tab.locator('[data-section-id="/role-groups/addrolegroup"]').first();
    expect(await section.locator('[data-component-name="Markdown/Markdown"] em').count()).toBe(0);
    leaveTab(browser, tab);
  });

  test("a deep link opens at its section from a cold load", async () => {
    const tab = await openFree("index.html#/role-groups/addrolegroup");
    const heading = tab.getByRole("heading", { name: "Create a role group" }).first();
    await heading.waitFor();
    expect((await heading.boundingBox())?.y).toBeLessThan(400);
    leaveTab(browser, tab);
  });

  test("the site is dark if the reader's system is, and a button changes that", async () => {
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

  const languages = { TypeScript: "ts", curl: "sh", Java: "java", Python: "py", PHP: "php", "C#": "cs", Go: "go" };

  describe("the samples", () => {
    let tab: Page;
    let program: Page;
    beforeAll(async () => {
      ({ tab } = await open(browser, "index.html", { permissions: ["clipboard-read", "clipboard-write"] }));
      program = await tab.context().newPage();
    });
    afterAll(() => tab.context().close());

    /** The language whose sample is copied: another one for each operation, so that together they copy all. */
    const names = Object.keys(languages) as (keyof typeof languages)[];
    const copies = operations.map((operation, index) => ({ ...operation, copied: names[index % names.length] }));

    test.each(copies)(
      "of $id are in each language, TypeScript first; a button copies the one in $copied, and a link leads to each full program",
      async (operation) => {
        const read = (kind: string, extension: string) =>
          readFileSync(join(site, `../samples/generated/${kind}/${operation.id}.${extension}`), "utf8").trim();
        await program.goto(urlOf(`programs-${operation.id}.html`));
        const fullPrograms = await program.locator("section").evaluateAll((all) =>
          all.map((section) => ({
            url: `${location.href}#${section.querySelector("[id]")?.id}`,
            text: section.querySelector("pre")?.innerText.trim(),
            file: section.querySelector("a")?.getAttribute("href") ?? "",
          })),
        );
        await tab.goto(urlOf(`index.html#/${placeOf(operation)}`));
        const panel = tab.locator(`[data-section-id="/${placeOf(operation)}"] .panel-request-samples`);
        const menu = panel.locator('[data-component-name="Panel/PanelHeader"] button[aria-haspopup="menu"]').last();
        const items = tab.locator('[role="menuitem"] [title]'); // The items of the server's menu have no title.
        const payload = operation.form ? ["Payload"] : [];
        await menu.click();
        await items.first().waitFor();
        expect(await items.allInnerTexts()).toEqual([...names, ...payload]);
        // Redoc scrolls to the section late, and would move an open menu away from a mouse.
        const choose = async (language: string) => {
          if ((await items.count()) === 0) await menu.dispatchEvent("click");
          await items.filter({ hasText: new RegExp(`^${language}$`) }).dispatchEvent("click");
        };
        const link = panel.getByRole("link", { name: "Full program", exact: true });
        for (const [language, extension] of Object.entries(languages)) {
          await choose(language);
          const sample = await panel.locator("pre").first().innerText();
          expect(sample.trim(), language).toBe(read("short", extension));
          const url = await link.evaluate((each) => (each as HTMLAnchorElement).href);
          const full = fullPrograms.find((each) => each.url === url);
          expect(full?.text, language).toBe(read("full", extension));
          expect(readFileSync(join(site, full?.file ?? ""), "utf8").trim(), language).toBe(read("full", extension));
          if (language !== operation.copied) continue;
          await panel.locator('[data-component-name="CodeBlock/CodeBlock"] button').first().click();
          const copied = await tab.evaluate<string>("navigator.clipboard.readText()");
          expect(copied.trim()).toBe(read("short", extension));
        }
        if (!operation.form) return;
        await choose("Payload");
        await expect.poll(() => link.count()).toBe(0);
      },
    );

    test("the link to a full program opens at the program", async () => {
      const [operation] = operations as [Operation];
      await tab.goto(urlOf(`index.html#/${placeOf(operation)}`));
      const panel = tab.locator(`[data-section-id="/${placeOf(operation)}"] .panel-request-samples`);
      await panel.locator('[data-component-name="Panel/PanelHeader"] button[aria-haspopup="menu"]').last().click();
      await tab.getByRole("menuitem").getByText("Go", { exact: true }).dispatchEvent("click");
      await panel.getByRole("link", { name: "Full program", exact: true }).click();
      await tab.getByRole("heading", { name: `${operation.summary}: full programs` }).waitFor();
      expect(await tab.getByRole("heading", { name: /^Go / }).boundingBox()).toMatchObject({
        y: expect.closeTo(0, -2),
      });
    });
  });

  test("without JavaScript every operation, field and answer is readable", async () => {
    const { tab } = await open(browser, "index.html", { javaScriptEnabled: false });
    const text = await tab.locator("body").innerText();
    for (const { path, summary } of operations) {
      expect(text).toContain(summary);
      expect(text).toContain(path);
    }
    for (const word of ["角色组", "appsecret", "name", "noPermission", "60011"]) expect(text).toContain(word);
    await tab.context().close();
  });

  test("without JavaScript nothing is wider than the page, no screen is blank, and a link leads to the guides", async () => {
    const { tab } = await open(browser, "index.html", { javaScriptEnabled: false });
    await tab.setViewportSize({ width: 1280, height: 800 });
    const widths = await tab.locator("noscript pre").evaluateAll((all) => all.map((each) => each.scrollWidth));
    expect(Math.max(...widths)).toBeLessThan(1280);
    await tab.setViewportSize({ width: 360, height: 740 });
    expect(await tab.evaluate("document.documentElement.scrollWidth"), "on a phone").toBeLessThanOrEqual(360);
    await tab.setViewportSize({ width: 1280, height: 800 });
    const bottom = await tab.locator("#redoc").evaluate((each) => each.getBoundingClientRect().bottom);
    const overview = await tab.getByText("The monthly quota does not count").boundingBox();
    expect(bottom - (overview?.y ?? 0)).toBeLessThan(400);
    await tab.getByRole("link", { name: "Quick start" }).click();
    await tab.locator("#quick-start").waitFor();
    expect(await tab.locator("nav").first().innerText()).not.toContain("Loading");
    await tab.getByRole("link", { name: "Retries and duplicates" }).first().click();
    await tab.locator("#retries-and-duplicates").waitFor();
    await tab.context().close();
  });

  test("the page is painted before its script has loaded", async () => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    let isAsked = false;
    await tab.route(/redoc\..*\.js$/, () => {
      isAsked = true; // The script is never answered.
    });
    await tab.goto(urlOf("index.html"), { waitUntil: "commit" });
    const paint = () => tab.evaluate(() => performance.getEntriesByName("first-contentful-paint").length);
    await expect.poll(paint, { timeout: 10_000 }).toBe(1);
    expect(isAsked).toBe(true);
    expect(await tab.getByText("How failure looks").first().isVisible()).toBe(true);
    await context.close();
  });

  test("on a phone no table is cut off, no button covers text, and the menu's button is a bar below the page", async () => {
    const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
    const { tab } = await open(browser, "index.html#/role-groups/addrolegroup", phone);
    await tab.locator("pre").first().waitFor();
    expect(await tab.locator("td").count()).toBeGreaterThan(40);
    expect(await tab.evaluate(cutCells)).toEqual([]);
    expect(await tab.evaluate(coveredWords)).toEqual([]);
    const bar = await tab.getByRole("button", { name: "Open navigation menu" }).boundingBox();
    expect(bar).toMatchObject({ x: 0, width: 390, y: 844 - (bar?.height ?? 0) });
    expect(await tab.locator("#redoc").evaluate((each) => getComputedStyle(each).paddingBottom)).toBe(
      `${bar?.height}px`,
    );
    await tab.context().close();
  });

  test("the page prints with its text, and without its menu", async () => {
    const tab = await openFree("index.html");
    await tab.emulateMedia({ media: "print" });
    expect(await tab.getByText("Failure arrives as HTTP 200").first().isVisible()).toBe(true);
    expect((await tab.pdf()).length).toBeGreaterThan(10_000);
    await tab.emulateMedia({ media: null });
    leaveTab(browser, tab);
  });
});

describe("the error codes", () => {
  test.each(["error-40014", "40014"])("a cold load of #%s opens at the row of the code", async (anchor) => {
    const tab = await openFree(`errors.html#${anchor}`);
    const row = tab.locator("#error-40014");
    expect(await row.isVisible()).toBe(true);
    expect(await row.evaluate((each) => getComputedStyle(each).backgroundColor)).not.toBe("rgba(0, 0, 0, 0)");
    const { y } = (await row.boundingBox()) ?? { y: Number.NaN };
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThan(700);
    expect(await tab.locator("tbody tr").count()).toBe(errorCodes.length);
    leaveTab(browser, tab);
  });

  test("the filter finds a code and a word", async () => {
    const tab = await openFree("errors.html");
    await tab.getByLabel("Find a code or a word").fill("allowlist");
    const shown = await tab.locator("tbody tr:visible").count();
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(20);
    expect(await tab.locator("output").innerText()).toBe(`${shown} found`);
    await tab.getByLabel("Find a code or a word").fill("40014");
    expect(await tab.locator("#error-40014").isVisible()).toBe(true);
    await tab.getByLabel("Find a code or a word").fill("ip-allowlist");
    expect(await tab.locator("#error-60020").isVisible()).toBe(true);
    const codesShown = () => tab.locator("tbody tr:visible th").allInnerTexts();
    for (const [message, code] of [
      ["不合法", "40035"],
      ["不合法的access_token", "40014"],
      ["过期", "42001"],
      ["访问ip不在白名单之中", "60020"],
    ] as const) {
      await tab.getByLabel("Find a code or a word").fill(message);
      expect(await codesShown(), message).toContain(code);
      expect((await codesShown()).length, message).toBeLessThan(150);
    }
    await tab.getByLabel("Find a code or a word").fill("no such word");
    expect(await tab.locator("output").innerText()).toContain("try");
    leaveTab(browser, tab);
  });

  test("a link to a code or a class that the filter hides clears the filter", async () => {
    const tab = await openFree("errors.html");
    await tab.getByLabel("Find a code or a word").fill("allowlist");
    await tab.getByRole("link", { name: "Access token" }).click();
    await expect.poll(() => tab.locator("#class-token").isVisible()).toBe(true);
    await tab.getByLabel("Find a code or a word").fill("allowlist");
    await tab.evaluate("location.hash = '#error-42001'");
    await expect.poll(() => tab.locator("#error-42001").isVisible()).toBe(true);
    expect(await tab.getByLabel("Find a code or a word").inputValue()).toBe("");
    leaveTab(browser, tab);
  });

  test("each says whether the call may be resent, and how well it is known; a legend explains the words", async () => {
    const tab = await openFree("errors.html");
    const again = (code: number) => tab.locator(`#error-${code} td`).nth(2).innerText();
    expect(await again(-1)).toBe("safe or idempotent: yes; a create: look first");
    expect(await again(40014)).toBe("yes, with a new token");
    expect(await again(90002)).toBe("yes, after 1, 2, 4 s");
    expect(await again(60011)).toBe("no");
    for (const grade of ["documented", "observed", "inferred"])
      expect(await tab.locator("dl").innerText()).toContain(`${grade}: `);
    const contents = tab.getByRole("navigation", { name: "Classes of codes" }).getByRole("link");
    expect(await contents.count()).toBe(await tab.locator("section").count());
    leaveTab(browser, tab);
  });
});

describe("the guides and the client's reference", () => {
  test("the menu and the reference's page list each guide by its title, with and without JavaScript", async () => {
    const titles = globSync("guides/*.md", { cwd: join(site, "..") }).map(
      (file) => /^title: (.+)$/m.exec(readFileSync(join(site, "..", file), "utf8"))?.[1] ?? file,
    );
    expect(titles.length).toBeGreaterThan(7);
    const { tab: menu } = await open(browser, "client/index.html");
    const { tab: reference } = await open(browser, "index.html#/guides-and-client");
    const { tab: plain } = await open(browser, "index.html", { javaScriptEnabled: false });
    for (const title of [...titles, "The mock"]) {
      await menu
        .locator(".site-menu")
        .getByRole("link", { name: `Document ${title}`, exact: true })
        .click();
      await menu.getByRole("heading", { level: 1 }).first().waitFor();
      expect(menu.url()).toContain(`documents/${title.replaceAll(" ", "_")}.html`);
      for (const tab of [reference, plain])
        expect(await tab.getByRole("link", { name: title, exact: true }).count(), title).toBe(1);
    }
    for (const tab of [menu, reference, plain]) await tab.context().close();
  });

  test.each([
    ["BlockedError", "BlockedError"],
    ["制造", "Quick start"],
    ["角色组", "Retries and duplicates"],
    ["40014", "Retries and duplicates"],
    ["60020", "Quick start"],
  ])("share a search, and it finds %s", async (words, found) => {
    const tab = await openFree("client/index.html");
    await tab.getByRole("button", { name: "Search" }).click();
    await tab.keyboard.type(words);
    const option = tab.getByRole("option", { name: found }).first();
    await option.waitFor();
    await option.locator("a").click();
    await tab.getByRole("heading", { level: 1, name: found }).waitFor();
    leaveTab(browser, tab);
  });

  test("a search result on the same page closes the search", async () => {
    const [page = ""] = pages.filter((each) => each.endsWith("ApiError.html"));
    const tab = await openFree(page);
    await tab.getByRole("button", { name: "Search" }).click();
    await tab.keyboard.type("hint");
    await tab.getByRole("option", { name: "ApiError.hint" }).waitFor();
    await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("Enter");
    await expect.poll(() => tab.url()).toContain("#hint");
    await tab.locator("#tsd-search-input").waitFor({ state: "hidden" });
    expect(await tab.getByRole("heading", { name: "Methods" }).count()).toBe(0); // This class has no methods.
    leaveTab(browser, tab);
  });

  test("on a phone the words in a table are not broken, and the button that copies code is visible; no cell is cut off, also on a tablet", async () => {
    const phone = { width: 360, height: 740 };
    const tab = await openTab(browser, { viewport: phone, isMobile: true, hasTouch: true });
    for (const page of pages.filter((each) => each.startsWith("client/documents/"))) {
      await tab.setViewportSize(phone);
      await load(tab, page);
      expect(await tab.locator("td").evaluateAll(brokenWords), page).toEqual([]);
      expect(await tab.evaluate(cutCells), page).toEqual([]);
      expect(await tab.evaluate(coveredWords), page).toEqual([]);
      const opacities = await tab
        .locator("pre > button")
        .evaluateAll((all) => all.map((each) => getComputedStyle(each).opacity));
      expect(
        opacities.filter((opacity) => opacity !== "1"),
        page,
      ).toEqual([]);
      await tab.setViewportSize({ width: 900, height: 900 }); // A tablet shows the menu beside the text.
      expect(await tab.evaluate(cutCells), page).toEqual([]);
    }
    await tab.context().close();
  });

  test("the contents of a guide show complete headings", async () => {
    const tab = await openFree("client/documents/Errors.html");
    const contents = await tab.locator(".tsd-page-navigation").innerText();
    for (const heading of await tab.locator(".tsd-typography h2").all())
      expect(contents).toContain(await heading.innerText());
    leaveTab(browser, tab);
  });
});

/** Runs in the page: the cells that are wider than the element around their table. */
function cutCells(): string[] {
  const rightOf = (each: Element | null | undefined) => each?.getBoundingClientRect().right ?? 0;
  return [...document.querySelectorAll("td")]
    .filter((cell) => rightOf(cell) > rightOf(cell.closest("table")?.parentElement) + 1)
    .map((cell) => cell.textContent);
}

/** Runs in the page: the texts that a button covers, except a bar over the whole width. */
function coveredWords(): string[] {
  const buttons = [...document.querySelectorAll("button")]
    .filter((each) => each.checkVisibility({ opacityProperty: true }))
    .map((button) => ({ button, box: button.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && box.width < innerWidth);
  const range = document.createRange();
  const isOn = (box: DOMRect, node: Node) => {
    range.selectNodeContents(node);
    return [...range.getClientRects()].some(
      ({ left, right, top, bottom }) =>
        left < box.right - 1 && right > box.left + 1 && top < box.bottom - 1 && bottom > box.top + 1,
    );
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const covered: string[] = [];
  while (walker.nextNode()) {
    const { currentNode } = walker;
    const isSeen = currentNode.parentElement?.checkVisibility({ visibilityProperty: true });
    if (isSeen && currentNode.textContent?.trim())
      for (const { button, box } of buttons)
        if (!button.contains(currentNode) && isOn(box, currentNode)) covered.push(currentNode.textContent);
  }
  return covered;
}

/** Runs in the page: the words that a line break splits. */
function brokenWords(cells: Element[]): string[] {
  const range = document.createRange();
  const isBroken = (node: Node, index: number, word: string) => {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    return range.getClientRects().length > 1;
  };
  return cells.flatMap((cell) => {
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    const broken: string[] = [];
    while (walker.nextNode())
      for (const { index, 0: word } of (walker.currentNode.textContent ?? "").matchAll(/\w+/g))
        if (isBroken(walker.currentNode, index, word)) broken.push(word);
    return broken;
  });
}

test("under any path, with a content security policy without unsafe-eval, nothing is blocked", async () => {
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
    if (!existsSync(file)) {
      response.writeHead(404, { "content-type": "text/html", "content-security-policy": policy });
      return void response.end(readFileSync(join(site, "404.html")));
    }
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
  expect(faults).toEqual([]);

  await tab.goto(`http://127.0.0.1:${port}/some/path/client/classes/moon.html`);
  expect(await tab.locator("h1").evaluate((each) => getComputedStyle(each).fontFamily)).toContain("system-ui");
  await tab.getByRole("link", { name: "the guides and the client" }).click();
  await tab.getByRole("heading", { name: "@dingrole/client", level: 1 }).waitFor();
  expect(tab.url()).toBe(`http://127.0.0.1:${port}/some/path/client/index.html`);
  await tab.close();
  server.close();
  server.closeAllConnections();
});

describe("links", () => {
  const html = (page: string) => readFileSync(join(site, page), "utf8");
  /** Scripts handle a bare # and icons. */
  const hasPlace = (file: string, anchor: string) =>
    anchor.startsWith("icon-") || html(file).includes(`id="${decodeURI(anchor)}"`);
  const files = [...new Set(pages.map((page) => page.split("#")[0] as string))];

  test.each(files.filter((page) => page !== "index.html"))("%s has no dead link to a file or an anchor", (page) => {
    const targets = [...html(page).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, target = ""]) => target);
    const dead = targets.filter((target) => {
      if (/^(https?:|data:|mailto:|javascript:)/.test(target)) return false;
      if (/\.md(#|$)/.test(target)) return true; // A browser shows the Markdown source.
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : join(dirname(page), decodeURI(path));
      if (!existsSync(join(site, file))) return true;
      return anchor !== undefined && anchor !== "" && !hasPlace(file, anchor);
    });
    expect(dead).toEqual([]);
  });

  test("Redoc's page has no dead link to a file or an anchor", () => {
    const page = html("index.html");
    const inDescription = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    expect(inDescription.length).toBeGreaterThan(300);
    const inPage = [...page.matchAll(/<a [^>]*href="([^"]+)"/g)].map(([, target = ""]) => target);
    expect(inPage.length).toBeGreaterThan(50);
    const dead = [...inDescription, ...inPage].filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path, anchor] = target.split("#");
      const file = path || "index.html";
      return !existsSync(join(site, file)) || /\.md$/.test(file) || (anchor && !hasPlace(file, anchor));
    });
    expect(dead).toEqual([]);
  });
});
