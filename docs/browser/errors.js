// The filter of the page of error codes.
const input = document.querySelector("#filter");
const output = document.querySelector("output");

/** Chinese has no spaces: a run of Chinese is one word. It matches the keywords in it, so that a pasted message finds its code. */
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

/** Clears the filter if it hides the row or the class that the address names. */
function show() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place?.closest("[hidden]")) return;
  input.value = "";
  filter();
  place.scrollIntoView();
}

input.addEventListener("input", filter);
addEventListener("hashchange", show);
// A click on a link to the current address does not change the hash.
document.addEventListener("click", ({ target }) => target.closest('a[href^="#"]') && setTimeout(show));
// A browser that returns to the page fills the field in again.
filter();
