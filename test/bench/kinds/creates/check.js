/** DingTalk answers a failure with HTTP 200, so every program checks `errcode` itself. */
export function check(answer) {
  if (answer?.errcode !== 0) throw Object.assign(new Error(JSON.stringify(answer)), { errcode: answer?.errcode });
}
