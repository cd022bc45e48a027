/** Opens the site in a real browser. */
import { globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Operation, readDescription } from "@dingrole/spec";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export const site = join(import.meta.dirname, "../../docs/dist");
export const urlOf = (page: string) => {
  const [file = "", hash] = page.split("#");
  return pathToFileURL(join(site, file)).href + (hash ? `#${hash}` : "");
};

const { operations } = readDescription();

/** The place of an operation in Redoc's page. */
export const placeOf = ({ tag, id }: Pick<Operation, "tag" | "id">) =>
  `${tag.replaceAll(" ", "-")}/${id}`.toLowerCase();

/** Redoc's page at one section of each kind, and every other page. */
export const pages = [
  "index.html",
  ...operations
    .filter(({ tag }, index) => operations.findIndex((each) => each.tag === tag) === index)
    .map((operation) => `index.html#/${placeOf(operation)}`),
  "index.html#/guides-and-client",
  "index.html#/errors:-answers-of-every-call",
  "index.html#/errors:-token",
  "errors.html",
  "404.html",
  ...globSync("programs-*.html", { cwd: site }).toSorted(),
  ...globSync("client/**/*.html", { cwd: site }).toSorted(),
];

export interface Opened {
  tab: Page;
  /** The requests for anything outside of the site. */
  foreign: string[];
  /** The errors of the console and of scripts. */
  faults: string[];
}

/** Opens a tab in a context of its own, offline. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ offline: true, ...options });
  return context.newPage();
}

/** Loads a page from disk. The tab may have shown another one. */
export async function load(tab: Page, page: string): Promise<Opened> {
  const foreign: string[] = [];
  const faults: string[] = [];
  for (const event of ["request", "console", "pageerror"] as const) tab.removeAllListeners(event);
  tab.on("request", (request) => /^(file|data|blob):/.test(request.url()) || foreign.push(request.url()));
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  tab.on("pageerror", (error) => faults.push(String(error)));
  const [file] = urlOf(page).split("#");
  if (tab.url().split("#")[0] === file) await tab.goto("about:blank"); // Between two places in one page, a browser loads nothing.
  await tab.goto(urlOf(page));
  await tab.waitForLoadState("networkidle");
  return { tab, foreign, faults };
}

/** Loads a page from disk in a new tab. */
export const open = async (browser: Browser, page: string, options?: BrowserContextOptions): Promise<Opened> =>
  load(await openTab(browser, options), page);

const freeTabs = new WeakMap<Browser, Page[]>();

/** Gives a tab that no test uses. A new one, with a process of its own, costs as much time as a page. */
export async function takeTab(browser: Browser): Promise<Page> {
  return freeTabs.get(browser)?.pop() ?? openTab(browser);
}

/** Gives a tab back. It must have the window and the colors of a new one. */
export function leaveTab(browser: Browser, tab: Page) {
  freeTabs.set(browser, [...(freeTabs.get(browser) ?? []), tab]);
}
