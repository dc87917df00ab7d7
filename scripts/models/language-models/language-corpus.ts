import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { countWords } from '#workers/fine-tuning/tokenizer/count-words.ts';
import { createTextTokenizer } from '#workers/fine-tuning/tokenizer/tokenize-text.ts';
import {
  END_OF_TEXT,
  type TokenizerFiles,
  tokenizerFiles,
} from '#workers/fine-tuning/tokenizer/tokenizer-files.ts';
import { trainBytePairs } from '#workers/fine-tuning/tokenizer/train-byte-pairs.ts';
import { readSafetensors, writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import { CACHE } from '../base-folder.ts';
import { dataFolder, MissingDataError } from '../data-folder.ts';
import { readNovels } from './novels.ts';

/** Every choice that tokenizer and tokens depend on. */
export const CORPUS = {
  vocabularySize: 4096,
  countMin: 2,
  contextTokens: 256,
  /** Followed while a network is trained; judged once, at the end. Neither is in the tokenizer's text. */
  devNovel: 'Stevenson_Treasure_1883',
  testNovel: 'Doyle_Hound_1902',
} as const;

export interface LanguageCorpus {
  readonly files: TokenizerFiles;
  /** Of all texts to train on, one after the other. */
  readonly tokens: Int32Array;
  readonly bytes: number;
  readonly dev: string;
  readonly test: string;
}

/** 88 novels and Shakespeare's plays as tokens. Made once: it takes a minute. */
export function languageCorpus(): LanguageCorpus {
  const novels = new Map(readNovels().map(({ file, text }) => [file, plain(text)]));
  const dev = novels.get(`${CORPUS.devNovel}.txt`);
  const test = novels.get(`${CORPUS.testNovel}.txt`);
  if (dev === undefined || test === undefined) {
    throw new MissingDataError(`${CORPUS.devNovel} and ${CORPUS.testNovel} are not among the novels.`);
  }
  const texts = [...novels.values()].filter((text) => text !== dev && text !== test);
  texts.push(readFileSync(playsFile(), 'utf8'));
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { ...prepared(texts, JSON.stringify({ ...CORPUS, texts: texts.length, bytes })), bytes, dev, test };
}

function playsFile(): string {
  const file = join(dataFolder(), 'text', 'tinyshakespeare.txt');
  if (existsSync(file)) return file;
  throw new MissingDataError(
    `${file} is not there. Set DATA_DIR to the folder that holds text/tinyshakespeare.txt.`,
  );
}

/** Without the mark at its beginning, lines ended as everywhere else. */
function plain(text: string): string {
  return text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
}

function prepared(texts: readonly string[], settings: string): Pick<LanguageCorpus, 'files' | 'tokens'> {
  const file = join(CACHE, 'training', 'language', 'corpus.safetensors');
  if (existsSync(file)) {
    const { tensors, metadata } = readSafetensors(readFileSync(file));
    if (metadata.settings === settings) {
      const files = JSON.parse(metadata.tokenizer ?? '') as TokenizerFiles;
      return { files, tokens: tensors.get('tokens')?.data as Int32Array };
    }
  }
  const pairs = trainBytePairs(countWords(texts), { ...CORPUS, specialTokens: [END_OF_TEXT] });
  const files = tokenizerFiles(pairs, CORPUS.contextTokens);
  const tokens = tokensOf(texts, files);
  mkdirSync(dirname(file), { recursive: true });
  const stored = new Map([['tokens', { shape: [tokens.length], data: tokens }]]);
  writeFileSync(file, writeSafetensors(stored, { settings, tokenizer: JSON.stringify(files) }));
  return { files, tokens };
}

/** The token that ends a text stands before each. */
function tokensOf(texts: readonly string[], files: TokenizerFiles): Int32Array {
  const tokenize = createTextTokenizer(files);
  const end = files['tokenizer.json'].added_tokens[0]?.id ?? 0;
  const parts = texts.map((text) => Int32Array.from([end, ...tokenize(text)]));
  const tokens = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    tokens.set(part, at);
    at += part.length;
  }
  return tokens;
}
