// The filter of the page of error codes.
const input = document.querySelector("#filter");
const output = document.querySelector("output");

/** Chinese has no spaces: a run of it is one word, whose keywords are looked for, so that a pasted message finds its code. */
const toWords = (text) => text.toLowerCase().match(/\p{Script=Han}+|[^\s\p{Script=Han}]+/gu) ?? [];

function filter() {
  const words = toWords(input.value);
  let shown = 0;
  for (const section of document.querySelectorAll("section")) {
    const heading = section.querySelector("h2").textContent.toLowerCase();
    const rows = [...section.querySelectorAll("tbody tr")];
    for (const row of rows) {
      const text = `${heading} ${row.textContent.toLowerCase()}`;
      const keywords = row.querySelector("[lang=zh]").textContent.split(" ");
      row.hidden = !words.every((word) => text.includes(word) || keywords.some((each) => word.includes(each)));
    }
    const left = rows.filter((row) => !row.hidden).length;
    section.hidden = left === 0;
    shown += left;
  }
  const hint = "0 found: try the code alone, or one word of its meaning, English or Chinese";
  output.value = words.length === 0 ? "" : shown > 0 ? `${shown} found` : hint;
}

/** A row or a class that the filter hides is no place to go to. */
function show() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place?.closest("[hidden]")) return;
  input.value = "";
  filter();
  place.scrollIntoView();
}

input.addEventListener("input", filter);
addEventListener("hashchange", show);
// The place that the address names already: no hash changes.
document.addEventListener("click", ({ target }) => target.closest('a[href^="#"]') && setTimeout(show));
// A browser that comes back to the page fills the field in again.
filter();
