/**
 * Calls `stop` once, when someone ends us: Ctrl-C, a platform, a terminal that is closed, or npm, whose child we are,
 * having been killed. A second Ctrl-C does not wait.
 */
export function stopOnSignals(stop: (reason: string) => Promise<void>): void {
  let asked = 0;
  const ask = (reason: string) => {
    asked += 1;
    if (asked === 1) void stop(reason).finally(() => process.exit());
    else if (asked > 2) process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal));
  // Printing to a terminal that is gone is no reason to fail.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent && asked === 0) ask('npm is gone');
  }, 500).unref();
}
