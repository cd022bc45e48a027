// The filter of the page of error codes.
const input = document.querySelector("#filter");
const output = document.querySelector("output");

function filter() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const section of document.querySelectorAll("section")) {
    const rows = [...section.querySelectorAll("tbody tr")];
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    const left = rows.filter((row) => !row.hidden).length;
    section.hidden = left === 0;
    shown += left;
  }
  output.value = words.length > 0 ? `${shown} found` : "";
}

input.addEventListener("input", filter);
