// TypeDoc puts links into the summaries that open and close a section: what is clicked is two things, and a screen reader
// names neither (axe: nested-interactive). The link becomes the section's first entry, and the summary its text.
function part(summary) {
  for (const link of summary.querySelectorAll("a")) {
    const text = document.createElement("span");
    text.append(...link.childNodes);
    link.replaceWith(text);
    const list = summary.parentElement.querySelector("ul");
    if (!list || !link.href || link.classList.contains("tsd-anchor-icon")) continue;
    link.append(`All of ${text.textContent}`);
    const item = document.createElement("li");
    item.append(link);
    list.prepend(item);
  }
}

const partAll = () => document.querySelectorAll("summary").forEach(part);
// The navigation comes later, by a script of TypeDoc's.
new MutationObserver(partAll).observe(document.body, { childList: true, subtree: true });
partAll();
