/** Preloaded into each snippet: sends its requests to the mock instead of DingTalk. */
const { fetch } = globalThis;

globalThis.fetch = (url, init) =>
  fetch(String(url).replace(/^https:\/\/oapi\.dingtalk\.\w+/, process.env.MOCK_URL ?? ""), init);
