import { existsSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
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
    plugins,
    preview: { host: "127.0.0.1", port, strictPort: true },
  }).catch((error) => fail(error.message));
}

const events = "/__reload";
const script = `<script>new EventSource("${events}").onmessage = () => location.reload();</script>`;

/** Has each open page load itself again, when it is told to. */
export function createReloader(): { plugin: Plugin; reload: () => void } {
  const readers = new Set<ServerResponse>();
  const plugin: Plugin = {
    name: "reload",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? "/", "http://docs");
        if (pathname === events) {
          response.writeHead(200, { "Content-Type": "text/event-stream" }).write("\n");
          readers.add(response);
          request.on("close", () => readers.delete(response));
          return;
        }
        const file = join(dist, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
        if (!file.endsWith(".html") || !existsSync(file)) return next();
        response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
        response.end(readFileSync(file, "utf8") + script);
      });
    },
  };
  return {
    plugin,
    reload() {
      for (const reader of readers) reader.write("data: changed\n\n");
    },
  };
}
