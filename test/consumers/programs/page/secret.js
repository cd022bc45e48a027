// The wrong way: the page contains the client and the app's secret. A proxy lets the browser call.
import { createClient } from "@dingrole/client";

const output = document.querySelector("output");

document.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const client = createClient({ appKey: "key", appSecret: "canary-6d1bxxxx", baseUrl: location.origin });
  const { name } = Object.fromEntries(new FormData(event.target));
  output.textContent = await client
    .addRoleGroup({ name })
    .then(({ groupId }) => `Created role group ${groupId}`, String);
});
