// The page's script: Redoc takes over the prerendered page. Bundled by build.ts.
import { hydrate } from "@redocly/cli/lib/chunks/redoc.standalone.js";

const { definition, options } = JSON.parse(document.getElementById("redoc-state").textContent);
hydrate(definition, options, document.getElementById("redoc"));
