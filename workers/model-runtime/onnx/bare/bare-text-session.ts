import { join } from 'node:path';
import { graphFile } from '../model-folder.ts';
import { openSession } from '../open-session.ts';
import { loadTextTokenizer } from '../reading/text-tokenizer.ts';
import { encoderFeeds } from '../reading/token-batch.ts';
import type { BareSession } from './bare-session.ts';

/** Tokenizer and graph; a batch is padded to its longest text. */
export async function openBareTextSession(folder: string, threads: number): Promise<BareSession<string>> {
  const tokenizer = await loadTextTokenizer(folder);
  const graph = await openSession(join(folder, graphFile(folder)), threads);
  return {
    async run(texts) {
      const ids = texts.map((text) => tokenizer.wrap(tokenizer.tokenize(text)));
      const { logits } = await graph.run(encoderFeeds(ids));
      return logits?.data as Float32Array;
    },
  };
}
