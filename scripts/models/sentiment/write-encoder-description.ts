import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files beside the weights that `transformers` and Transformers.js read: configuration and tokenizer. */
export function writeEncoderDescription(
  folder: string,
  base: string,
  changes: Readonly<Record<string, unknown>> = {},
): void {
  const read = (file: string) =>
    JSON.parse(readFileSync(join(base, file), 'utf8')) as Record<string, unknown>;
  const write = (file: string, value: unknown) =>
    writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
  const { _name_or_path, ...config } = read('config.json');
  write('config.json', { ...config, ...changes });
  // The base's file cuts and pads every text at 128 tokens; the encoder reads 512.
  const tokenizer = { ...read('tokenizer.json'), truncation: null, padding: null };
  writeFileSync(join(folder, 'tokenizer.json'), `${JSON.stringify(tokenizer)}\n`);
  write('tokenizer_config.json', {
    ...read('tokenizer_config.json'),
    name_or_path: undefined,
    tokenizer_class: 'BertTokenizer',
  });
  write('special_tokens_map.json', read('special_tokens_map.json'));
}
