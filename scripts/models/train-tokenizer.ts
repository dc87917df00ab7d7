import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countWords } from '#workers/fine-tuning/tokenizer/count-words.ts';
import { END_OF_TEXT, tokenizerFiles } from '#workers/fine-tuning/tokenizer/tokenizer-files.ts';
import { BytePairError, trainBytePairs } from '#workers/fine-tuning/tokenizer/train-byte-pairs.ts';
import { CACHE } from './base-folder.ts';
import { runScript } from './run-script.ts';

const USAGE = 'npm run train:tokenizer -- TEXT... [--vocabulary 4096] [--context 1024] [--to FOLDER]';

/** Writes `tokenizer.json` of byte pairs that are frequent in texts in UTF-8. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      vocabulary: { type: 'string', default: '4096' },
      context: { type: 'string', default: '1024' },
      to: { type: 'string', default: join(CACHE, 'training', 'tokenizer') },
    },
  });
  if (positionals.length === 0) throw new BytePairError(USAGE);
  const texts = positionals.map((file) => readFileSync(file, 'utf8'));
  const options = {
    vocabularySize: Number(values.vocabulary),
    countMin: 2,
    specialTokens: [END_OF_TEXT],
  };
  const pairs = trainBytePairs(countWords(texts), options);
  mkdirSync(values.to, { recursive: true });
  for (const [file, value] of Object.entries(tokenizerFiles(pairs, Number(values.context)))) {
    writeFileSync(join(values.to, file), `${JSON.stringify(value, null, 2)}\n`);
  }
  console.log(`${pairs.tokens.length} tokens: ${values.to}`);
}

await runScript(main);
