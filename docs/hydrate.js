// The page's script: Redoc takes over the prerendered page. Bundled by build.ts.
import { hydrate } from "@redocly/cli/lib/chunks/redoc.standalone.js";

const { definition, options } = JSON.parse(document.getElementById("redoc-state").textContent);
hydrate(definition, options, document.getElementById("redoc"));

// The name of the button that chooses an example hides what it says (axe: label-content-name-mismatch).
const nameByText = () => {
  for (const button of document.querySelectorAll('button[aria-label="Example"]')) button.removeAttribute("aria-label");
};
new MutationObserver(nameByText).observe(document.body, { childList: true, subtree: true });
