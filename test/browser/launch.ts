/** Starts the browser that npm installs. */
import sparticuz from "@sparticuz/chromium";
import { type Browser, chromium } from "playwright-core";

sparticuz.setGraphicsMode = false; // The pages do not use WebGL.

export async function launch(...flags: string[]): Promise<Browser> {
  // With a single process, closing a context would end the browser.
  const args = sparticuz.args.filter((each) => !["--single-process", "--no-zygote"].includes(each));
  return chromium.launch({
    executablePath: await sparticuz.executablePath(),
    args: [...args, "--disable-gpu", ...flags],
  });
}
