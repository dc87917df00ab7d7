import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { llamaFromGguf } from '#workers/model-zoo/gguf/llama-from-gguf.ts';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { tokenizerFromGguf } from '#workers/model-zoo/gguf/tokenizer-from-gguf.ts';
import { writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { CACHE } from './base-folder.ts';
import { expectTextBase } from './language-models/text-base.ts';
import { runScript } from './run-script.ts';

/** Writes a GGUF file of the Llama family as a folder that `transformers` opens, its weights in 32-bit floats. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string', default: join(CACHE, 'export', 'text-folder') },
    },
  });
  withGguf(values.from ?? expectTextBase(), (gguf) => {
    const { configJson, tensors } = llamaFromGguf(gguf);
    const write = (file: string, value: unknown) =>
      writeFileSync(join(values.to, file), `${JSON.stringify(value, null, 2)}\n`);
    mkdirSync(values.to, { recursive: true });
    write('config.json', configJson);
    for (const [file, value] of Object.entries(tokenizerFromGguf(gguf))) write(file, value);
    writeFileSync(join(values.to, 'model.safetensors'), writeSafetensors(tensors(), { format: 'pt' }));
  });
  console.log(values.to);
}

await runScript(main);
