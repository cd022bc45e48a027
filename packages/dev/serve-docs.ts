import { existsSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type Plugin, preview } from "vite";
import { fail, root } from "./turbo.ts";

const dist = join(root, "docs/dist");

/** Serves docs/dist on loopback. Where the port is taken by then, says so and ends the process. */
export function serveDocs(port: number, plugins: Plugin[] = []) {
  return preview({
    root: join(root, "docs"),
    configFile: false,
    logLevel: "error",
    appType: "mpa", // What is not there is a 404, not the index page.
    plugins: [gate, ...plugins, notFound],
    preview: { host: "127.0.0.1", port, strictPort: true },
  }).catch((error) => fail(error.message));
}

/** Before vite's own middleware, which a path that cannot be decoded ends. */
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

/** After the others: what no file answers gets the site's own page. */
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

/** The path that is asked for, decoded; none, where it leads out of the site or cannot be decoded. */
function pathOf({ url = "" }: IncomingMessage): string | undefined {
  try {
    const path = decodeURIComponent(url.split("?")[0] as string);
    return /^\/(?!\/)/.test(path) && !/\0|\\|\/\.\.(\/|$)/.test(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

const versionPath = "/__version";
/** Asks, instead of being told: a page that listens holds a connection, and a browser has six for a host. */
const toScript = (version: number) => `<script>
setInterval(async () => {
  const version = document.hidden ? "" : await fetch("${versionPath}").then((response) => response.text(), () => "");
  if (version && version !== "${version}") location.reload();
}, 500);
</script>`;

/** Has each open page load itself again, when it is told to. */
export function createReloader(): { plugin: Plugin; reload: () => void } {
  let version = Date.now(); // Another than that of the server before, whose pages may be open.
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
