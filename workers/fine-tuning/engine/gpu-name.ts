import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 5000;

/** TensorFlow.js does not tell which GPU it computes on; the driver's own tool does. */
export async function gpuName(): Promise<string> {
  try {
    const asked = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
    const { stdout } = await run('nvidia-smi', asked, { timeout: TIMEOUT_MS });
    return stdout.trim().split('\n').join(' + ') || 'GPU';
  } catch {
    return 'GPU';
  }
}
