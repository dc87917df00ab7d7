import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface BareLoop {
  readonly folder: string;
  readonly texts: readonly string[];
  readonly batchTexts: number;
  readonly processes: number;
  readonly durationMs: number;
}

/** Texts a second of `openBareSession` in a loop, over some processes at once. Runs from the sources, under tsx. */
export async function measureBareLoop(loop: BareLoop): Promise<number> {
  const entry = fileURLToPath(new URL('./bare-loop-process.ts', import.meta.url));
  const rates = await Promise.all(
    Array.from({ length: loop.processes }, () => {
      const child = fork(entry, { serialization: 'advanced' });
      child.send(loop);
      return new Promise<number>((resolve, reject) => {
        child.once('message', (textsPerS) => resolve(textsPerS as number));
        child.once('exit', (code) => reject(new Error(`The bare loop ended with code ${code}.`)));
      });
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
