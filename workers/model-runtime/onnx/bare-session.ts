import type { BareSubject } from './bare-loop.ts';
import { openBarePictureSession } from './bare-picture-session.ts';
import { openBareTextSession } from './bare-text-session.ts';

/**
 * The floor that benchmarks are held against: what prepares an input and the graph, called one after the other in this
 * process, with nothing of a server around them.
 */
export interface BareSession<Item> {
  /** Logits of one batch, one row an item. */
  run(items: readonly Item[]): Promise<Float32Array>;
}

/** Its items are the subject's. */
export async function openBareSession({ kind, folder }: BareSubject): Promise<BareSession<unknown>> {
  const session = kind === 'texts' ? await openBareTextSession(folder) : await openBarePictureSession(folder);
  return session as BareSession<unknown>;
}
