/**
 * Ends the command on Ctrl-C, on SIGTERM and SIGHUP, and when npm, which started it, is gone: npm passes no signal on.
 * `stop` frees what the command holds.
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
