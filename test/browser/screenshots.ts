/**
 * Takes the pictures for the README: the site in light and dark colors, and on a phone. Chinese text needs a font, such as
 * Debian's fonts-noto-cjk.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { open } from "./browser.ts";
import { launch } from "./launch.ts";

const folder = join(import.meta.dirname, "../../docs/screenshots");
mkdirSync(folder, { recursive: true });

const desktop = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };
const shots = {
  "operation-light": ["index.html#/role-members/addrolesformembers", { ...desktop, colorScheme: "light" }],
  "operation-dark": ["index.html#/role-members/addrolesformembers", { ...desktop, colorScheme: "dark" }],
  "error-codes-phone": ["errors.html#error-40014", { ...phone, colorScheme: "light" }],
} as const;

const browser = await launch();
for (const [name, [page, options]] of Object.entries(shots)) {
  const { tab } = await open(browser, page, options);
  await tab.getByText("Loading").first().waitFor({ state: "hidden" }); // Redoc's search.
  await tab.waitForTimeout(500); // Redoc scrolls to its section.
  await tab.screenshot({ path: join(folder, `${name}.png`) });
  process.stdout.write(`docs/screenshots/${name}.png\n`);
}
await browser.close();
