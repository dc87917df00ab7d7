import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { freePort } from '#server/testing/free-port.ts';

interface RunReceiverOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** The documents' shell lines that send it a delivery. */
  readonly delivery: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeout: number;
}

/** A sample that receives webhooks runs until it is stopped: it is sent one, and gives what it printed of it. */
export async function runReceiver({
  program,
  args,
  delivery,
  ...options
}: RunReceiverOptions): Promise<string> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const env = { ...options.env, PORT: String(await freePort()), WEBHOOK_SECRET: secret };
  const receiver = spawn(program, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const printed = once(receiver.stdout, 'data', { signal: AbortSignal.timeout(options.timeout) });
    printed.catch(() => {}); // it may fail before it is awaited
    const patient = delivery.replace('curl -i', 'curl -si --retry 30 --retry-delay 1 --retry-connrefused');
    const { stdout } = await promisify(execFile)('sh', ['-c', patient], { ...options, env });
    if (!stdout.includes(' 204 ')) throw new Error(`The delivery was not taken: ${stdout}`);
    return String((await printed)[0]);
  } finally {
    receiver.kill();
  }
}
