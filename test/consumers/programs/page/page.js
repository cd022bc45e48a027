// The right way: the page calls its own server, which holds the token.
const output = document.querySelector("output");

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify(Object.fromEntries(new FormData(event.target)));
  const answer = await fetch("/role-groups", { method: "POST", body });
  const { groupId, detail } = await answer.json();
  output.textContent = answer.ok ? `Created role group ${groupId}` : detail;
});
