// Loaded before a service's own code (`node --import`). The service's standard input is a pipe that its supervisor
// holds: when that closes, the supervisor is gone, however it ended, and the service drains as on SIGTERM.
const graceMs = Math.max(40_000, (Number(process.env.DRAIN_MS) || 0) + 15_000);

process.stdin.on('error', () => {});
process.stdin.on('end', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.exit(1), graceMs).unref();
});
process.stdin.resume();
process.stdin.unref?.();
