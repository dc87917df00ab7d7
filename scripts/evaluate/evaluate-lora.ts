import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { REPOSITORY } from '#scripts/models/base-folder.ts';
import { PUNCTUATION } from '#scripts/models/language-models/punctuation-adapter.ts';
import { readPunctuationRows } from '#scripts/models/language-models/punctuation-rows.ts';
import { type PunctuationRow, stripped } from '#scripts/models/language-models/punctuation-task.ts';
import { runScript } from '#scripts/models/run-script.ts';
import { describeEngine } from '#workers/fine-tuning/engine/engine.ts';
import { loadTextGenerator } from '#workers/model-runtime/llama-cpp/load-text-generator.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';
import type { LoraMetrics } from './cards/lora-metrics.ts';
import { writeLoraCard } from './cards/write-lora-card.ts';
import { likeliestAnswer } from './language-models/judge-instructions.ts';
import { byRule, measurePunctuation } from './language-models/punctuation-measures.ts';

const MODEL_ID = 'text-1';
const ANSWER_TOKENS_MAX = 80;
const EXAMPLES = 4;
const AT_ONCE = 4;

/** Measures the adapter as it is served, beside the base without it, on novels that were kept out of its training. */
async function main(): Promise<void> {
  const model = join(REPOSITORY, 'workers', 'models', 'text-generation');
  const folder = resolve(process.argv[2] ?? join(model, 'adapters', PUNCTUATION.id));
  const entry = new URL('../../workers/model-runtime/llama-cpp/text-process.ts', import.meta.url);
  const adaptersFolder = dirname(folder);
  const base = await loadTextGenerator({ folder: model, id: MODEL_ID, threads: 1, entry, adaptersFolder });
  const adapted = base.adapters.find((adapter) => adapter.model.id === PUNCTUATION.id);
  if (!adapted) throw new Error(`${adaptersFolder} has no ${PUNCTUATION.id}.`);
  const { heldOut } = readPunctuationRows();
  const answers = {
    rule: heldOut.map(({ answer }) => byRule(stripped(answer))),
    base: await answersOf(base, heldOut),
    adapter: await answersOf(adapted, heldOut),
  };
  await base.close();
  const measured = (given: readonly string[]) =>
    measurePunctuation(heldOut.map(({ answer: expected }, row) => ({ expected, answer: given[row] ?? '' })));
  const metrics: LoraMetrics = {
    id: PUNCTUATION.id,
    task: 'text-generation',
    version: adapted.model.version,
    base: base.model.version,
    sizeBytes: statSync(join(folder, PUNCTUATION.gguf)).size,
    training: trainingOf(folder),
    heldOutRows: heldOut.length,
    figures: {
      rule: measured(answers.rule),
      base: measured(answers.base),
      adapter: measured(answers.adapter),
    },
    examples: heldOut.slice(0, EXAMPLES).map(({ answer }, row) => ({
      asked: stripped(answer),
      expected: answer,
      base: answers.base[row] ?? '',
      adapter: answers.adapter[row] ?? '',
    })),
  };
  writeFileSync(join(folder, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  writeLoraCard(folder, metrics);
  console.table(metrics.figures);
}

async function answersOf(generator: TextGenerator, rows: readonly PunctuationRow[]): Promise<string[]> {
  const answers: string[] = [];
  for (let first = 0; first < rows.length; first += AT_ONCE) {
    const asked = rows.slice(first, first + AT_ONCE);
    const given = asked.map(({ prompt }) => likeliestAnswer(generator, prompt, ANSWER_TOKENS_MAX));
    answers.push(...(await Promise.all(given)));
  }
  return answers;
}

function trainingOf(folder: string): LoraMetrics['training'] {
  const { settings, engine, rows, trainedAt } = JSON.parse(
    readFileSync(join(folder, 'training.json'), 'utf8'),
  );
  const { lora, epochs, batchRows, learningRate } = settings;
  const { rank, alpha, targets } = lora;
  const described = describeEngine(engine);
  return { rows, rank, alpha, targets, epochs, batchRows, learningRate, engine: described, trainedAt };
}

await runScript(main);
