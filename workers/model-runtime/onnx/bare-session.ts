import { join } from 'node:path';
import { graphFile } from './model-folder.ts';
import { openSession } from './open-session.ts';
import { loadTextTokenizer } from './text-tokenizer.ts';
import { encoderFeeds } from './token-batch.ts';

export interface BareSession {
  /** Logits of one batch, padded to its longest text, one row a text. */
  run(texts: readonly string[]): Promise<Float32Array>;
}

/**
 * The floor that benchmarks are held against: tokenizer and graph called one after the other in this process, with
 * nothing of a server around them.
 */
export async function openBareSession(folder: string): Promise<BareSession> {
  const tokenizer = await loadTextTokenizer(folder);
  const graph = await openSession(join(folder, graphFile(folder)));
  return {
    async run(texts) {
      const ids = texts.map((text) => tokenizer.wrap(tokenizer.tokenize(text)));
      const { logits } = await graph.run(encoderFeeds(ids));
      return logits?.data as Float32Array;
    },
  };
}
