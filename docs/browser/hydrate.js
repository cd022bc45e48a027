// The page's script: Redoc takes over the prerendered page. Bundled by build.ts.
import { hydrate } from "@redocly/cli/lib/chunks/redoc.standalone.js";

const { definition, options, programs } = JSON.parse(document.getElementById("redoc-state").textContent);
hydrate(definition, options, document.getElementById("redoc"));

const each = (selector, fix) => document.querySelectorAll(selector).forEach(fix);
const searchItem = '[data-component-name="Search/SearchItem"]';

function fixAccess() {
  // The button that chooses an example shows other words than its name (axe: label-content-name-mismatch).
  each('button[aria-label="Example"]', (button) => button.removeAttribute("aria-label"));
  each('[data-component-name="Search/SearchInput"] button:not([aria-label])', (button) => {
    button.ariaLabel = "Clear";
  });
  each('[data-testid="search-trigger"]:not([role])', (trigger) => {
    trigger.role = "button";
    trigger.tabIndex = 0;
  });
}
/** Above each sample a link leads to the full program, in the language that the menu of the samples shows. */
function linkToPrograms() {
  each(".panel-request-samples", (panel) => {
    const { sectionId } = panel.closest("[data-section-id]").dataset;
    const menu = [...panel.querySelectorAll('[data-component-name="Panel/PanelHeader"] [aria-haspopup]')].at(-1);
    const url = programs[sectionId.slice(1)]?.[menu.textContent];
    const link = panel.querySelector(".full-program");
    if (!url)
      link?.remove(); // A payload is not a program.
    else if (link) link.href = url;
    else {
      const created = Object.assign(document.createElement("a"), { className: "full-program", href: url });
      created.textContent = "Full program";
      panel.querySelector(".code-block-header")?.prepend(created);
    }
  });
}

function complete() {
  fixAccess();
  linkToPrograms();
}
new MutationObserver(complete).observe(document.body, { childList: true, subtree: true });
complete();

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (target.dataset.testid === "search-trigger" && (key === "Enter" || key === " ")) {
    event.preventDefault();
    target.click();
  }
  if (key === "Enter" && target.closest(searchItem)) goToCode(target.closest(searchItem));
});
document.addEventListener(
  "click",
  ({ target }) => target.closest(searchItem) && goToCode(target.closest(searchItem)),
  true,
);

/** Redoc's search leads to a section only: this scrolls to the code's row in the section's table, or to an answer with the code. */
function goToCode(result) {
  const code = document.querySelector('[data-component-name="Search/SearchInput"] input')?.value.trim();
  if (!/^-?\d+$/.test(code ?? "")) return;
  const section = `[data-section-id="${result.hash.slice(1)}"]`;
  const end = Date.now() + 3000;
  const look = setInterval(() => {
    const row =
      document.querySelector(`${section} a[href="errors.html#error-${code}"]`)?.closest("tr") ??
      [...document.querySelectorAll(`${section} pre`)].find(({ textContent }) => textContent.includes(code));
    row?.closest("details")?.setAttribute("open", "");
    row?.scrollIntoView({ block: "center" });
    row?.classList.add("found");
    if (row ? Date.now() > end - 1500 : Date.now() > end) clearInterval(look);
  }, 100);
}
