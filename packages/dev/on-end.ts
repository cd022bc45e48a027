/**
 * Ends the command on Ctrl-C, SIGTERM and SIGHUP, and when its parent npm has ended, because npm forwards no signals. `stop`
 * must release the command's servers.
 */
export function onEnd(stop: () => unknown): void {
  const parent = process.ppid;
  const end = async () => {
    await stop();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 300).unref();
}
