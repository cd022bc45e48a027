import { startMock } from "@dingrole/mock";

export default async function start() {
  globalThis.dingTalkMock = await startMock();
  process.env.DINGTALK_BASE_URL = globalThis.dingTalkMock.url;
}
