import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '#scripts/models/base-folder.ts';
import { dataFolder } from '#scripts/models/data-folder.ts';
import { expectTextBase } from '#scripts/models/language-models/text-base.ts';
import { runScript } from '#scripts/models/run-script.ts';
import { loadTextGenerator } from '#workers/model-runtime/llama-cpp/load-text-generator.ts';
import type { LanguageFigures, TextMetrics } from './cards/text-metrics.ts';
import { writeTextCard } from './cards/write-text-card.ts';
import { evaluateLanguage, ggufOf } from './language-models/evaluate-language.ts';
import { judgeInstructions, likeliestAnswer } from './language-models/judge-instructions.ts';
import { KNOWN_ANSWERS } from './language-models/known-answers.ts';
import { measureTextSpeed } from './language-models/measure-text-speed.ts';

const MODEL_ID = 'text-1';
const TOKENS = 4_096;
const EXAMPLE_TOKENS_MAX = 60;

/** Measures the shipped text model as it is served, and its weights in 4 bits against those that they were made of. */
async function main(): Promise<void> {
  const folder = process.env.MODEL_DIR ?? join(REPOSITORY, 'workers', 'models', 'text-generation');
  const entry = new URL('../../workers/model-runtime/llama-cpp/text-process.ts', import.meta.url);
  const generator = await loadTextGenerator({ folder, id: MODEL_ID, threads: 1, entry });
  console.log('speed');
  const speed = await measureTextSpeed(generator);
  console.log('instructions');
  const instructions = await judgeInstructions(generator);
  const examples: TextMetrics['examples'][number][] = [];
  for (const { question, right } of KNOWN_ANSWERS) {
    const answer = await likeliestAnswer(generator, question, EXAMPLE_TOKENS_MAX);
    examples.push({ question, answer, right: right.test(answer) });
  }
  const { version } = generator.model;
  await generator.close();
  console.log('perplexity');
  const metrics: TextMetrics = {
    id: MODEL_ID,
    task: 'text-generation',
    version,
    engine: null,
    trainedAt: null,
    sizeBytes: sizeOf(folder),
    contextTokens: generator.limits.contextTokens,
    language: await languageFigures(folder),
    instructions,
    examples,
    speed,
  };
  writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  writeTextCard(folder, metrics);
  const passed = instructions.filter((one) => one.passed).length;
  console.log(`${passed} of ${instructions.length} instructions followed`);
  console.table(metrics.language);
  console.table(speed.streams);
}

async function languageFigures(folder: string): Promise<readonly LanguageFigures[]> {
  const weights = [
    ['Q4_1, as published', expectTextBase()],
    ['Q4_0, as served', ggufOf(folder) ?? ''],
  ] as const;
  const figures: LanguageFigures[] = [];
  for (const [text, file] of texts()) {
    for (const [name, model] of weights) {
      const { tokens, perplexity, bitsPerByte } = await evaluateLanguage(model, file, TOKENS);
      figures.push({ text, weights: name, tokens, perplexity, bitsPerByte });
    }
  }
  return figures;
}

/** Prose of this project that no model was trained on, and verse that every model was. */
function texts(): readonly (readonly [name: string, file: string])[] {
  const own = join(mkdtempSync(join(tmpdir(), 'own-text-')), 'own.txt');
  const pages = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'DECISIONS.md', 'docs/models.md'];
  writeFileSync(own, pages.map((page) => readFileSync(join(REPOSITORY, page), 'utf8')).join('\n\n'));
  const verse = join(dataFolder(), 'text', 'tinyshakespeare.txt');
  return [
    ['documents of this project', own],
    ...(existsSync(verse) ? [['Shakespeare', verse] as const] : []),
  ];
}

function sizeOf(folder: string): number {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.gguf'))
    .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

await runScript(main);
