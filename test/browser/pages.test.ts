/** Checks that hold for every page of the site. */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leaveTab, load, type Opened, open, pages, site, takeTab, urlOf } from "./browser.ts";
import { launch } from "./launch.ts";

const axe = pathToFileURL(createRequire(import.meta.url).resolve("axe-core/axe.min.js")).href;
/** The rules of axe for WCAG 2.2 A and AA. */
const wcag = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
/** The rules about colors. */
const colors = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

/** The violations in the whole page, or in a part of it. */
type Part = string | { exclude: string };
const whole = ":root";

async function violationsOf(tab: Page, part: Part = whole, runOnly = wcag): Promise<string[]> {
  if ((await tab.evaluate("typeof axe")) === "undefined") await tab.addScriptTag({ url: axe });
  // The complete result of axe has megabytes, so only the needed part leaves the page. No rule in use reads the style sheets, which
  // axe would parse again at each run.
  const options = { runOnly, resultTypes: ["violations"], preload: { assets: ["media"] } };
  const { passed, violations } = await tab.evaluate(findViolations, { part, options });
  expect(passed).toBeGreaterThan(0);
  return violations;
}

/** The function runs in the page. */
async function findViolations({ part, options }: { part: Part; options: object }) {
  const { violations, passes } = await (window as unknown as { axe: typeof import("axe-core") }).axe.run(part, options);
  return {
    passed: passes.length,
    violations: violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`)),
  };
}

const isReference = (page: string) => page.startsWith("index.html");
const others = pages.filter((page) => !isReference(page));

/** The client's menu has a hundred links and is the same on all pages, so only one page of each folder is checked with it. */
const toPart = (page: string): Part =>
  others.find((other) => dirname(other) === dirname(page)) === page ? whole : { exclude: ".site-menu" };

/** The pages of full programs differ only in their programs, and the ones of inputs and of results only in their fields. */
const kindOf = (page: string) => /^programs-|(Input|Result)\.html$/.exec(page)?.[0] ?? page;
const sizeOf = (page: string) => statSync(join(site, page)).size;
const largest = others
  .toSorted((one, other) => sizeOf(other) - sizeOf(one))
  .filter((page, index, all) => all.findIndex((other) => kindOf(other) === kindOf(page)) === index);

/** The page must have loaded nothing from elsewhere, and printed no error. A test calls this last. */
function expectQuiet({ foreign, faults }: Opened) {
  expect(foreign, "offline, the page must load nothing else").toEqual([]);
  expect(faults).toEqual([]);
}

test.concurrent.each(others.filter((page) => !page.startsWith("programs-") || largest.includes(page)))(
  "%s",
  async (page) => {
    const tab = await takeTab(browser);
    const opened = await load(tab, page);
    expect((await tab.locator("body").innerText()).length).toBeGreaterThan(150);
    const icons = await tab.locator("summary svg").evaluateAll((all) => all.map((each) => each.clientWidth));
    expect(Math.max(0, ...icons), "icons beside text").toBeLessThanOrEqual(24);
    expect(await tab.locator('link[rel="icon"]').count(), "icons").toBe(1);
    if (largest.includes(page)) {
      const part = toPart(page);
      expect(await violationsOf(tab, part), "in light colors").toEqual([]);
      await tab.emulateMedia({ colorScheme: "dark" });
      expect(await violationsOf(tab, part, colors), "in dark colors").toEqual([]);
    }
    await tab.setViewportSize({ width: 360, height: 740 });
    expect(await tab.evaluate("document.documentElement.scrollWidth"), "on a phone").toBeLessThanOrEqual(360);
    expectQuiet(opened);
    await tab.emulateMedia({ colorScheme: "light" });
    await tab.setViewportSize({ width: 1280, height: 720 });
    leaveTab(browser, tab);
  },
);

/** The places of Redoc's page, which keeps all sections that it has shown. Its load costs more than the checks of a section. */
describe.each(["light", "dark"] as const)("in %s colors", (colorScheme) => {
  let opened: Opened;
  beforeAll(async () => {
    opened = await open(browser, "index.html", { colorScheme });
  });
  afterAll(() => opened.tab.context().close());

  test.each(pages.filter(isReference))("%s", async (page) => {
    const { tab } = opened;
    await tab.goto(urlOf(page));
    const [, place] = page.split("#");
    const part = place ? `[data-section-id="${place}"]` : whole;
    await expect.poll(async () => (await tab.locator(part).innerText()).length).toBeGreaterThan(150);
    expect(await violationsOf(tab, part, colorScheme === "light" ? wcag : colors)).toEqual([]);
    await tab.setViewportSize({ width: 360, height: 740 });
    expect(await tab.evaluate("document.documentElement.scrollWidth"), "on a phone").toBeLessThanOrEqual(360);
    await tab.setViewportSize({ width: 1280, height: 720 });
    expectQuiet(opened);
  });
});

const states = [
  ["the reference's search", "index.html", "40014", 'a[data-component-name="Search/SearchItem"]'],
  ["the guides' search", "client/index.html", "errcode", '[role="option"]'],
  ["a filter that finds nothing", "errors.html", "no such word", "output"],
] as const;

describe.each(["light", "dark"] as const)("in %s colors", (colorScheme) => {
  test.each(states)("%s, after typing", async (_, page, words, found) => {
    const { tab } = await open(browser, page, { colorScheme });
    if (page === "errors.html") await tab.getByLabel("Find a code or a word").focus();
    else await tab.getByRole("button", { name: /^search/i }).click();
    await tab.locator("input:focus").waitFor();
    await tab.keyboard.type(words, { delay: 20 });
    await tab.locator(found).first().waitFor();
    await tab.keyboard.press("ArrowDown");
    expect(await violationsOf(tab)).toEqual([]);
    await tab.context().close();
  });

  test("an operation whose sources are open, and its sample in each language", async () => {
    const { tab } = await open(browser, "index.html#/role-groups/addrolegroup", { colorScheme });
    await tab.locator("details summary").first().waitFor();
    await tab.locator("details").evaluateAll((all) => {
      for (const each of all) each.setAttribute("open", "");
    });
    expect(await violationsOf(tab)).toEqual([]);

    const header = '.panel-request-samples [data-component-name="Panel/PanelHeader"]';
    const menu = tab.locator(`${header} button[aria-haspopup="menu"]`).last();
    const items = tab.locator('[role="menuitem"] [title]');
    await menu.click();
    await items.first().waitFor();
    for (const language of await items.allInnerTexts()) {
      await items.getByText(language, { exact: true }).click();
      expect(await violationsOf(tab, ".panel-request-samples"), language).toEqual([]);
      await menu.click();
    }
    await tab.context().close();
  });
});
