const warning =
  "createClient: an appSecret in a page is public. Keep it on a server of yours that uses @dingrole/client, and have the page ask that server.";
let isWarned = false;

/** Warns, once, if a page has an app's secret: every visitor of the page can read it. */
export function warnInPage(options: object | undefined) {
  // A bundle for Cloudflare's workers takes the same code, and a worker is not a page.
  const { appSecret } = (options ?? {}) as { appSecret?: unknown };
  if (appSecret && "document" in globalThis && !isWarned) {
    isWarned = true;
    console.warn(warning);
  }
}
