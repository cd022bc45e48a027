// TypeDoc puts links into the summaries that open and close a section: what is clicked is two things, and a screen reader
// names neither (axe: nested-interactive). The link becomes the section's first entry, and the summary its text.
function part(summary) {
  for (const link of summary.querySelectorAll("a")) {
    // Its size is that of a link beside text, which it no longer is.
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

// An entry of the search is an option of a list box, and holds a link that takes the focus: two things again. The link goes
// where it went when it is clicked, as TypeDoc does for Enter, but is none.
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

// TypeDoc leaves the code out of a heading that it lists.
function nameWhole(link) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const text = link.querySelector("span") ?? link;
  if (heading?.matches(".tsd-typography :is(h1, h2, h3)") && text.textContent !== heading.textContent)
    text.textContent = heading.textContent;
}

function mend() {
  document.querySelectorAll("summary").forEach(part);
  document.querySelectorAll("#tsd-search-results a[href]").forEach(toOption);
  // The entry that the keyboard was at can have gone.
  const input = document.getElementById("tsd-search-input");
  if (!document.getElementById(input?.getAttribute("aria-activedescendant")))
    input?.removeAttribute("aria-activedescendant");
}
// The navigation and the search come later, by a script of TypeDoc's.
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();

// On a phone the head of a table does not show: each cell names its column (client.css). The first cell is the row's name.
function label(table) {
  const [head, ...rows] = table.rows;
  for (const { cells } of rows)
    for (const cell of [...cells].slice(1)) {
      const name = head.cells[cell.cellIndex].textContent;
      if (name) cell.dataset.label = name;
    }
}
document.querySelectorAll(".tsd-typography table").forEach(label);

// What scrolls must do so by the keyboard, too.
function reach(table) {
  if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
  else table.removeAttribute("tabindex");
}
const reachAll = () => document.querySelectorAll(".tsd-typography table").forEach(reach);
addEventListener("resize", reachAll);
addEventListener("load", reachAll);

document.querySelectorAll(".tsd-page-navigation a[href^='#']").forEach(nameWhole);
