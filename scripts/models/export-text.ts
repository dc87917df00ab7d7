import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { llamaFromGguf } from '#workers/model-zoo/gguf/llama-from-gguf.ts';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { quantizeWeighted } from '#workers/model-zoo/gguf/quantize-weighted.ts';
import type { Gguf } from '#workers/model-zoo/gguf/read-gguf.ts';
import { requantize } from '#workers/model-zoo/gguf/requantize.ts';
import { type GgufPart, partName, splitGguf } from '#workers/model-zoo/gguf/split-gguf.ts';
import { type TensorToWrite, writeGguf } from '#workers/model-zoo/gguf/write-gguf.ts';
import { CACHE } from './base-folder.ts';
import { importanceTexts } from './language-models/importance-texts.ts';
import { measureImportance } from './language-models/measure-importance.ts';
import { readLanguageModel } from './language-models/read-language-model.ts';
import { expectTextBase } from './language-models/text-base.ts';
import { runScript } from './run-script.ts';

/** Some hosts of repositories refuse files of 50 MB; the head of the first part takes 2 of them. */
const PART_TENSOR_BYTES_MAX = 46_000_000;
const NAME = 'SmolLM2-135M-Instruct-Q4_0';
/** What the model's authors sample with in their card. */
const SAMPLING = { do_sample: true, temperature: 0.2, top_p: 0.9 };

/** Requantises the base to Q4_0 and writes it in the parts in which it is served, with what `transformers` would know of it. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      to: { type: 'string', default: join(CACHE, 'export', 'text-generation') },
      /** By the reference quantiser instead, which needs no texts. */
      plain: { type: 'boolean', default: false },
    },
  });
  const base = expectTextBase();
  const importance = values.plain ? undefined : await importanceByTensor(base);
  withGguf(base, (gguf) => {
    const { metadata, tensors } = requantize(gguf, 'Q4_0');
    const parts = splitGguf(
      metadata,
      tensors.map((tensor) => weighed(gguf, tensor, importance)),
      PART_TENSOR_BYTES_MAX,
    );
    mkdirSync(values.to, { recursive: true });
    parts.forEach((part, index) => {
      writePart(join(values.to, partName(NAME, index, parts.length)), part);
    });
    writeDescription(values.to, gguf);
  });
}

async function importanceByTensor(file: string): Promise<Map<string, Float32Array>> {
  const { decoder, weights, ggufNames, tokenize } = readLanguageModel(file);
  const measured = await measureImportance(decoder, weights, importanceTexts(tokenize));
  return new Map([...measured].map(([name, channels]) => [ggufNames.get(name) ?? name, channels]));
}

function weighed(
  gguf: Gguf,
  tensor: TensorToWrite,
  importance: ReadonlyMap<string, Float32Array> | undefined,
): TensorToWrite {
  const channels = importance?.get(tensor.name);
  const source = gguf.tensors.get(tensor.name);
  if (!channels || !source || tensor.type !== 'Q4_0') return tensor;
  return { ...tensor, bytes: () => quantizeWeighted(tensor.name, source.values(), channels) };
}

function writePart(path: string, { metadata, tensors }: GgufPart): void {
  const digest = createHash('sha256');
  let byteLength = 0;
  rmSync(path, { force: true });
  const file = openSync(path, 'wx');
  for (const bytes of writeGguf(metadata, tensors)) {
    writeFileSync(file, bytes);
    digest.update(bytes);
    byteLength += bytes.byteLength;
  }
  closeSync(file);
  console.log(`${basename(path)}: ${byteLength} bytes, SHA-256 ${digest.digest('hex')}`);
}

function writeDescription(folder: string, gguf: Gguf): void {
  const { configJson } = llamaFromGguf(gguf);
  const { bos_token_id, eos_token_id, pad_token_id } = configJson;
  const write = (file: string, value: unknown) =>
    writeFileSync(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
  write('config.json', configJson);
  write('generation_config.json', { bos_token_id, eos_token_id, pad_token_id, ...SAMPLING });
}

await runScript(main);
