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

/** Its items are the subject's; the graph runs on so many threads. */
export async function openBareSession(
  { kind, folder }: BareSubject,
  threads = 1,
): Promise<BareSession<unknown>> {
  const open = kind === 'texts' ? openBareTextSession : openBarePictureSession;
  const session = await open(folder, threads);
  return session as BareSession<unknown>;
}
