import { existsSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type Plugin, preview } from "vite";
import { fail, root } from "./turbo.ts";

const dist = join(root, "docs/dist");

/** Serves docs/dist on loopback. If the port is in use, prints that and ends the process. */
export function serveDocs(port: number, plugins: Plugin[] = []) {
  return preview({
    root: join(root, "docs"),
    configFile: false,
    logLevel: "error",
    appType: "mpa", // A missing page is a 404, not the index page.
    plugins: [gate, ...plugins, notFound],
    preview: { host: "127.0.0.1", port, strictPort: true },
  }).catch((error) => fail(error.message));
}

/** Runs before vite's own middleware, which crashes on a path that cannot be decoded. */
const gate: Plugin = {
  name: "gate",
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const path = pathOf(request);
      if (path === undefined) return void response.writeHead(400).end();
      if (path.endsWith("/") || !existsSync(join(dist, path, "index.html"))) return next();
      const [encoded, query] = (request.url as string).split(/(\?.*)/s);
      response.writeHead(302, { Location: `${encoded}/${query ?? ""}` }).end();
    });
  },
};

/** Runs last: a path without a file gets the site's own page for 404. */
const notFound: Plugin = {
  name: "not-found",
  configurePreviewServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      if (statSync(fileAt(pathOf(request) as string), { throwIfNoEntry: false })?.isFile()) return next();
      response.writeHead(404, { "Content-Type": "text/html; charset=utf-8" }).end(notFoundPage());
    });
  },
};

const fileAt = (path: string) => join(dist, path.endsWith("/") ? `${path}index.html` : path);
const notFoundPage = () => readFileSync(join(dist, "404.html"), "utf8");

/** The decoded path of a request; `undefined` if it leads out of the site or cannot be decoded. */
function pathOf({ url = "" }: IncomingMessage): string | undefined {
  try {
    const path = decodeURIComponent(url.split("?")[0] as string);
    return /^\/(?!\/)/.test(path) && !/\0|\\|\/\.\.(\/|$)/.test(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

const versionPath = "/__version";
/** The page polls. A stream of events would hold a connection, and a browser has only six for a host. */
const toScript = (version: number) => `<script>
setInterval(async () => {
  const version = document.hidden ? "" : await fetch("${versionPath}").then((response) => response.text(), () => "");
  if (version && version !== "${version}") location.reload();
}, 500);
</script>`;

/** Reloads each open page when `reload` is called. */
export function createReloader(): { plugin: Plugin; reload: () => void } {
  let version = Date.now(); // Differs from the version of an earlier server, whose pages may still be open.
  const answer = (response: ServerResponse, status: number, type: string, body: string) =>
    response.writeHead(status, { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-store" }).end(body);
  const plugin: Plugin = {
    name: "reload",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const path = pathOf(request) as string;
        if (path === versionPath) return void answer(response, 200, "text/plain", String(version));
        const file = fileAt(path);
        if (!file.endsWith(".html")) return next();
        const [status, page] = existsSync(file) ? [200, readFileSync(file, "utf8")] : [404, notFoundPage()];
        answer(response, status as number, "text/html", page + toScript(version));
      });
    },
  };
  return { plugin, reload: () => void version++ };
}
