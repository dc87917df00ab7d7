import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type BareSubject = { readonly folder: string } & (
  | { readonly kind: 'texts'; readonly items: readonly string[] }
  | { readonly kind: 'pictures'; readonly items: readonly Uint8Array[] }
);

export interface BareLoop {
  readonly subject: BareSubject;
  readonly batchItems: number;
  readonly processes: number;
  /** Of the graph, in each process. */
  readonly threads: number;
  readonly durationMs: number;
}

export interface BareLoopSpeed {
  readonly itemsPerS: number;
  /** Processor seconds for a thousand items. */
  readonly cpuS: number;
}

/** `openBareSession` in a loop, in some processes at once. Runs from the sources, under tsx. */
export async function measureBareLoop(loop: BareLoop): Promise<BareLoopSpeed> {
  const entry = fileURLToPath(new URL('./bare-loop-process.ts', import.meta.url));
  const speeds = await Promise.all(
    Array.from({ length: loop.processes }, () => {
      const child = fork(entry, { serialization: 'advanced' });
      child.send(loop);
      return new Promise<BareLoopSpeed>((resolve, reject) => {
        child.once('message', (speed) => resolve(speed as BareLoopSpeed));
        child.once('exit', (code) => reject(new Error(`The bare loop ended with code ${code}.`)));
      });
    }),
  );
  const itemsPerS = speeds.reduce((sum, speed) => sum + speed.itemsPerS, 0);
  const cpuS = speeds.reduce((sum, speed) => sum + speed.cpuS * speed.itemsPerS, 0) / itemsPerS;
  return { itemsPerS, cpuS };
}
