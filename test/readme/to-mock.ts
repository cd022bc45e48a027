/** Preloaded into each snippet: what it sends to DingTalk goes to the mock. */
const { fetch } = globalThis;

globalThis.fetch = (url, init) =>
  fetch(String(url).replace(/^https:\/\/oapi\.dingtalk\.\w+/, process.env.MOCK_URL ?? ""), init);
