/** A real browser, which npm brings. */
import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

sparticuz.setGraphicsMode = false; // No page needs WebGL.

export async function launch(...flags: string[]): Promise<Browser> {
  // In one process, closing a context ends the browser.
  const args = sparticuz.args.filter((each) => !["--single-process", "--no-zygote"].includes(each));
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [...args, "--disable-gpu", ...flags],
  });
}
