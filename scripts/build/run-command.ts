import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Given the output as it comes; without it, the output is kept and shown only if the command fails. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a Node program to its end. What it said is in the error if it fails. */
export function runNode(script: string, args: readonly string[], options: CommandOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        options.onOutput?.(chunk.toString());
      });
    }
    const stop = () => child.kill('SIGTERM');
    process.once('exit', stop);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('exit', stop);
      if (code === 0) return resolve();
      reject(new Error(`${[script, ...args].join(' ')} ended with ${code ?? signal}:\n${said.trim()}`));
    });
  });
}
