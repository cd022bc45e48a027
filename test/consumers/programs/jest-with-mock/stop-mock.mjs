export default async function stop() {
  await globalThis.dingTalkMock.close();
}
