/** What holds of every page of the site. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { open, pages } from "./browser.ts";
import { launch } from "./launch.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2 A and AA, as far as axe can tell. */
const wcag = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

async function violationsOf(tab: Page, part = ":root"): Promise<string[]> {
  if ((await tab.evaluate("typeof axe")) === "undefined") await tab.addScriptTag({ content: axe });
  const options = JSON.stringify({ runOnly: wcag });
  const { violations, passes } = (await tab.evaluate(`axe.run(${JSON.stringify(part)}, ${options})`)) as AxeResults;
  expect(passes.length).toBeGreaterThan(0);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}

test.each(pages)("%s", async (page) => {
  const { tab, foreign, faults } = await open(browser, page, { colorScheme: "light" });
  expect((await tab.locator("body").innerText()).length).toBeGreaterThan(150);
  const icons = await tab.locator("summary svg").evaluateAll((all) => all.map((each) => each.clientWidth));
  expect(Math.max(0, ...icons), "icons beside text").toBeLessThanOrEqual(24);
  expect(await violationsOf(tab), "in the light").toEqual([]);

  await tab.emulateMedia({ colorScheme: "dark" });
  await tab.setViewportSize({ width: 360, height: 740 });
  await tab.reload({ waitUntil: "networkidle" });
  expect(await tab.evaluate("document.documentElement.scrollWidth"), "on a phone").toBeLessThanOrEqual(360);
  await tab.setViewportSize({ width: 1280, height: 900 });
  expect(await violationsOf(tab), "in the dark").toEqual([]);

  expect(await tab.locator('link[rel="icon"]').count(), "icons").toBe(1);
  expect(foreign, "with the network off").toEqual([]);
  expect(faults).toEqual([]);
  await tab.context().close();
});

const states = [
  ["the reference's search", "index.html", "40014", 'a[data-component-name="Search/SearchItem"]'],
  ["the guides' search", "client/index.html", "errcode", '[role="option"]'],
  ["a filter that finds nothing", "errors.html", "no such word", "output"],
] as const;

describe.each(["light", "dark"] as const)("in the %s", (colorScheme) => {
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

    const menu = tab.locator('.panel-request-samples button[aria-haspopup="menu"]').last();
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
