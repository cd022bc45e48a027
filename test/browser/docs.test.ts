import { join } from "node:path";
import { pathToFileURL } from "node:url";
import openapi from "@dingrole/spec/openapi.json" with { type: "json" };
import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const page = pathToFileURL(join(import.meta.dirname, "../../docs/dist/index.html")).href;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args: sparticuz.args });
}, 60_000);
afterAll(() => browser.close());

/** Opens the page from disk with the network off. Returns it with what it asked for, and what went wrong. */
async function open() {
  const context = await browser.newContext({ offline: true });
  const tab = await context.newPage();
  const requests: string[] = [];
  const faults: string[] = [];
  tab.on("request", (request) => requests.push(request.url()));
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("pageerror", (error) => faults.push(String(error)));
  await tab.goto(page);
  await tab.waitForLoadState("networkidle");
  return { tab, requests, faults };
}

describe("the reference", () => {
  test("opens from disk with the network off: nothing asks for another origin, nothing fails", async () => {
    const { requests, faults } = await open();
    expect(requests.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
    expect(requests.length).toBeGreaterThan(1);
    expect(faults).toEqual([]);
  });

  test.each(
    Object.entries(openapi.paths).flatMap(([path, item]) =>
      Object.values(item).map((operation) => ({ path, operation })),
    ),
  )("$operation.operationId has a section, found from the menu", async ({ path, operation }) => {
    const { tab } = await open();
    await tab
      .getByRole("link", { name: operation.tags[0] as string, exact: true })
      .first()
      .click();
    await tab.getByText(operation.summary, { exact: true }).first().click();
    const heading = tab.getByRole("link", { name: `link to ${operation.summary}`, exact: true });
    await heading.waitFor({ state: "attached" });
    expect(await tab.locator("#redoc").innerText()).toContain(path);
  });
});
