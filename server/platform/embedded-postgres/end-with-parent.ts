import { spawn } from 'node:child_process';

/**
 * PostgreSQL does not notice that whoever started it was killed. So a shell waits at the other end of a pipe that
 * closes with this process, however it ends, and then asks the server to stop. Call what is returned to let it off.
 */
export function endWithParent(pid: number): () => void {
  if (process.platform === 'win32') return () => {};
  const watcher = spawn('/bin/sh', ['-c', 'read _; kill -INT "$1" 2>/dev/null', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    detached: true,
  });
  watcher.on('error', () => {});
  watcher.stdin?.on('error', () => {});
  watcher.unref();
  return () => {
    watcher.kill('SIGKILL');
  };
}
