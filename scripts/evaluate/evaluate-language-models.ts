import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { CACHE, MissingBaseError, REPOSITORY } from '#scripts/models/base-folder.ts';
import { CORPUS, languageCorpus } from '#scripts/models/language-models/language-corpus.ts';
import {
  LANGUAGE_NETWORKS,
  type LanguageNetworkName,
} from '#scripts/models/language-models/language-networks.ts';
import { runScript } from '#scripts/models/run-script.ts';
import { wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { nextTokenLogits } from '#workers/fine-tuning/language/next-tokens.ts';
import { sampleText } from '#workers/fine-tuning/language/sample-text.ts';
import { createTextTokenizer } from '#workers/fine-tuning/tokenizer/tokenize-text.ts';
import { type TokenizerFiles, tokensByNumber } from '#workers/fine-tuning/tokenizer/tokenizer-files.ts';
import { BYTE_ALPHABET } from '#workers/model-zoo/byte-alphabet.ts';
import { readSafetensors } from '#workers/model-zoo/safetensors.ts';
import { writeLanguageModelCard } from './cards/write-language-model-card.ts';
import { evaluateLanguage, ggufOf } from './language-models/evaluate-language.ts';
import { judgeNextTokens } from './language-models/judge-next-tokens.ts';
import type {
  LanguageModelFigures,
  TrainedLanguageModel,
  TrainingRecord,
} from './reports/language-model-figures.ts';
import { languageReport } from './reports/language-report.ts';

/** Of the novel that no training saw. A larger model takes a second for a few hundred of them. */
const CHARACTERS = 16_384;
const PROMPT = 'The door opened, and';
const SAMPLE = { tokens: 120, temperature: 0.8, topK: 40, seed: 20261126, endToken: 0 } as const;

/** What the language models that were trained from nothing reach on the novel that was kept out, beside xz and SmolLM2. */
async function main(): Promise<void> {
  await startEngine(wantedEngine(process.env.ENGINE));
  const corpus = languageCorpus();
  const text = corpus.test.slice(0, CHARACTERS);
  const trained = Object.keys(LANGUAGE_NETWORKS).map((name) => name as LanguageNetworkName);
  const models: TrainedLanguageModel[] = [];
  for (const name of trained) models.push(await evaluateTrained(name, text));
  const figures: LanguageModelFigures = {
    testNovel: CORPUS.testNovel,
    devNovel: CORPUS.devNovel,
    characters: text.length,
    bytes: Buffer.byteLength(text),
    models,
    smollm2: await evaluateSmollm2(text),
    xz: {
      version: xzVersion(),
      text: xzBitsPerByte(text),
      novel: xzBitsPerByte(corpus.test),
      novelBytes: Buffer.byteLength(corpus.test),
    },
    prompt: PROMPT,
  };
  const file = join(REPOSITORY, 'docs', 'language-models.json');
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`);
  writeFileSync(join(REPOSITORY, 'docs', 'language-models.md'), writeLanguageModelCard(figures));
  console.log(file);
}

async function evaluateTrained(name: LanguageNetworkName, text: string): Promise<TrainedLanguageModel> {
  const folder = join(CACHE, 'training', `language-${name}`, 'model');
  if (!existsSync(folder)) {
    throw new MissingBaseError(
      `${folder} is not there. Train it: npm run train:language-model -- --network ${name}`,
    );
  }
  const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const files: TokenizerFiles = {
    'tokenizer.json': json('tokenizer.json'),
    'tokenizer_config.json': json('tokenizer_config.json'),
  };
  const tokenize = createTextTokenizer(files);
  const pieces = tokensByNumber(files);
  const { tensors } = readSafetensors(readFileSync(join(folder, 'model.safetensors')));
  const weights = new Map(
    [...tensors].map(([key, { data, shape }]) => [key, tf.tensor(data as Float32Array, [...shape])]),
  );
  const logitsOf = (ids: readonly number[]) => nextTokenLogits(LANGUAGE_NETWORKS[name].forward, weights, ids);
  const model = { run: async (texts: readonly (readonly number[])[]) => ({ logits: texts.map(logitsOf) }) };
  const judged = await judgeNextTokens(model, tokenize(text), CORPUS.contextTokens);
  const bytes = judged.reduce((sum, { id }) => sum + (pieces[id]?.length ?? 0), 0);
  const written = sampleText(logitsOf, tokenize(PROMPT), { ...SAMPLE, contextTokens: CORPUS.contextTokens });
  tf.dispose([...weights.values()]);
  const training = json('training.json') as TrainingRecord;
  return { name, training, report: languageReport(judged, bytes), sample: textOf(written, pieces) };
}

/** As it is shipped, in 4 bits, dequantised. */
async function evaluateSmollm2(text: string): Promise<LanguageModelFigures['smollm2']> {
  const folder = mkdtempSync(join(tmpdir(), 'novel-'));
  try {
    const file = join(folder, 'novel.txt');
    writeFileSync(file, text);
    const gguf = ggufOf(join(REPOSITORY, 'workers', 'models', 'text-generation')) ?? '';
    return await evaluateLanguage(gguf, file, text.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function xzBitsPerByte(text: string): number {
  const packed = execFileSync('xz', ['-9', '--stdout'], { input: text, maxBuffer: 64 * 1024 * 1024 });
  return (8 * packed.length) / Buffer.byteLength(text);
}

function xzVersion(): string {
  return execFileSync('xz', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? '';
}

function textOf(ids: readonly number[], pieces: readonly string[]): string {
  const bytes = ids.flatMap((id) =>
    Array.from(pieces[id] ?? '', (character) => BYTE_ALPHABET.indexOf(character)),
  );
  return Buffer.from(bytes).toString('utf8');
}

await runScript(main);
