/** What holds of every page of the site. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { open, pages } from "./browser.ts";
import { launch } from "./launch.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2 A and AA, as far as axe can tell. */
const all = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };
/** What the dark can change. */
const ofColors = { type: "rule", values: ["color-contrast", "link-in-text-block"] };

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
}, 60_000);
afterAll(() => browser.close());

async function violationsOf(tab: Page, runOnly: object): Promise<string[]> {
  await tab.addScriptTag({ content: axe });
  const options = JSON.stringify({ runOnly });
  const { violations, passes } = (await tab.evaluate(`axe.run(document, ${options})`)) as AxeResults;
  expect(passes.length).toBeGreaterThan(0);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}

test.each(pages)("%s", async (page) => {
  const { tab, foreign, faults } = await open(browser, page, { colorScheme: "light" });
  expect((await tab.locator("body").innerText()).length).toBeGreaterThan(200);
  expect(await violationsOf(tab, all), "in the light").toEqual([]);

  await tab.emulateMedia({ colorScheme: "dark" });
  await tab.setViewportSize({ width: 360, height: 740 });
  await tab.reload({ waitUntil: "networkidle" });
  expect(await tab.evaluate("document.documentElement.scrollWidth"), "on a phone").toBeLessThanOrEqual(360);
  await tab.setViewportSize({ width: 1280, height: 900 });
  expect(await violationsOf(tab, ofColors), "in the dark").toEqual([]);

  expect(foreign, "with the network off").toEqual([]);
  expect(faults).toEqual([]);
  await tab.context().close();
});
