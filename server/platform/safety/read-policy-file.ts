import { open } from 'node:fs/promises';

export class PolicyFileError extends Error {
  override readonly name = 'PolicyFileError';
}

/** Null: none is named. Says what is wrong with it, and nothing of what is in it. */
export async function readPolicyFile(file: string | undefined, bytesMax: number): Promise<unknown> {
  if (file === undefined) return null;
  const bytes = await readAtMost(file, bytesMax + 1).catch((cause: unknown) => {
    throw new PolicyFileError(`SAFETY_POLICY_FILE: ${file} can not be read.`, { cause });
  });
  if (bytes.length > bytesMax) {
    throw new PolicyFileError(`SAFETY_POLICY_FILE: ${file} has more than ${bytesMax} bytes.`);
  }
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new PolicyFileError(`SAFETY_POLICY_FILE: ${file} is not JSON.`);
  }
}

async function readAtMost(file: string, bytesMax: number): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytesMax), 0, bytesMax, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
