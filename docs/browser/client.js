// TypeDoc puts links into the summaries that open and close a section. A screen reader then names neither the link nor the
// summary (axe: nested-interactive). So the link moves into the section, as its first entry, and the summary keeps its text.
function separateLinks(summary) {
  for (const link of summary.querySelectorAll("a")) {
    // The icon would be too small a target without text beside it.
    if (link.classList.contains("tsd-anchor-icon")) link.remove();
    else unwrap(link, summary);
  }
}

function unwrap(link, summary) {
  const text = document.createElement("span");
  text.append(...link.childNodes);
  link.replaceWith(text);
  const list = summary.parentElement.querySelector("ul");
  if (!list || !link.href) return;
  link.append(`All of ${text.textContent}`);
  const item = document.createElement("li");
  item.append(link);
  list.prepend(item);
}

// An entry of the search is an option of a list box, and contains a link that takes the focus: nested-interactive again. So
// the link becomes plain text that still opens its page when it is clicked, as TypeDoc does for Enter.
function toOption(link) {
  const { href } = link;
  link.removeAttribute("href");
  link.removeAttribute("tabindex");
  const go = (event) => {
    if (event.ctrlKey || event.metaKey || event.button === 1) open(href);
    else if (event.button === 0) {
      document.getElementById("tsd-search").dispatchEvent(new Event("cancel", { cancelable: true }));
      location.href = href;
    }
  };
  link.addEventListener("click", go);
  link.addEventListener("auxclick", go);
}

// In the list of a page's headings, TypeDoc leaves out the parts that are code.
function restoreCode(link) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const text = link.querySelector("span") ?? link;
  if (heading?.matches(".tsd-typography :is(h1, h2, h3)") && text.textContent !== heading.textContent)
    text.textContent = heading.textContent;
}

function fixAccess() {
  document.querySelectorAll("summary").forEach(separateLinks);
  document.querySelectorAll("#tsd-search-results a[href]").forEach(toOption);
  // A new search removes the entry that the keyboard had chosen.
  const input = document.getElementById("tsd-search-input");
  if (!document.getElementById(input?.getAttribute("aria-activedescendant")))
    input?.removeAttribute("aria-activedescendant");
}
// TypeDoc's own script adds the navigation and the search later.
new MutationObserver(fixAccess).observe(document.body, { childList: true, subtree: true });
fixAccess();

// On a phone or a tablet, a table shows no head: each cell names its column instead (client.css). The first cell is the row's name.
function labelCells(table) {
  const [head, ...rows] = table.rows;
  for (const { cells } of rows)
    for (const cell of [...cells].slice(1)) {
      const name = head.cells[cell.cellIndex].textContent;
      if (name) cell.dataset.label = name;
    }
}
document.querySelectorAll(".tsd-typography table").forEach(labelCells);

// A table that scrolls must also scroll by the keyboard.
function makeScrollable(table) {
  if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
  else table.removeAttribute("tabindex");
}
const makeAllScrollable = () => document.querySelectorAll(".tsd-typography table").forEach(makeScrollable);
addEventListener("resize", makeAllScrollable);
addEventListener("load", makeAllScrollable);

document.querySelectorAll(".tsd-page-navigation a[href^='#']").forEach(restoreCode);
