import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { ggufOf } from '#scripts/evaluate/language-models/evaluate-language.ts';
import { frozenBfloat16Product } from '#workers/fine-tuning/engine/bfloat16-product.ts';
import { describeEngine, type Engine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { createEventWriter } from '#workers/fine-tuning/tensorboard/event-writer.ts';
import type { AnsweredPrompts } from '#workers/fine-tuning/train/answered-batch.ts';
import type { OptimizerState } from '#workers/fine-tuning/train/optimizer.ts';
import { progressLines } from '#workers/fine-tuning/train/progress.ts';
import type { Training } from '#workers/fine-tuning/train/train.ts';
import { answerLoss, type LoraModel, trainLora } from '#workers/fine-tuning/train/train-lora.ts';
import { openLlamaEngine } from '#workers/model-runtime/llama-cpp/llama-engine.ts';
import { loraToGguf } from '#workers/model-zoo/gguf/lora-to-gguf.ts';
import type { LlamaConfig } from '#workers/model-zoo/llama-config.ts';
import { initialLora } from '#workers/model-zoo/lora/initial-lora.ts';
import { LORA_TARGETS, type LoraConfig } from '#workers/model-zoo/lora/lora-config.ts';
import { writePeftAdapter } from '#workers/model-zoo/lora/peft-adapter.ts';
import { tensorflowWeights } from '#workers/model-zoo/tensorflow-weights.ts';
import { CACHE, REPOSITORY } from './base-folder.ts';
import { PUNCTUATION } from './language-models/punctuation-adapter.ts';
import { readPunctuationRows } from './language-models/punctuation-rows.ts';
import { readLanguageModel } from './language-models/read-language-model.ts';
import { tokenisePrompts } from './language-models/tokenise-prompts.ts';
import { runScript } from './run-script.ts';

const LORA: LoraConfig = { rank: 4, alpha: 8, dropout: 0.05, targets: LORA_TARGETS };

/** Every choice that the trained weights depend on, beside `punctuation-rows.ts`. */
const SETTINGS = {
  lora: LORA,
  seed: 20261126,
  epochs: 1,
  batchRows: 8,
  learningRate: 2e-3,
  warmUp: 0.06,
  weightDecay: 0,
  gradientNormMax: 1,
  /** Of the products with the base's weights; float32 where the engine has no bfloat16. */
  products: 'bfloat16',
} as const;

const CHECKPOINT_EVERY_MS = 2 * 60_000;
const REPORT_EVERY_STEPS = 5;
const JUDGED_TIMES = 4;
const JUDGED_ROWS = 16;

/** Trains an adapter of the shipped text model that puts capitals and punctuation back. Ended at any time it goes on where it was. */
async function main(): Promise<void> {
  const work = process.env.WORK_DIR ?? join(CACHE, 'training', PUNCTUATION.id);
  const file = ggufOf(join(REPOSITORY, 'workers', 'models', 'text-generation')) ?? '';
  const rows = readPunctuationRows();
  // The engine that serves the model splits the texts, so that what is trained on is what will be asked.
  const served = await openLlamaEngine({ file, device: 'cpu', threads: 1, sequences: 1, contextTokens: 512 });
  const { decoder, config, weights, endToken } = readLanguageModel(file);
  const prompts = tokenisePrompts(served, rows.train, endToken);
  const heldOut = tokenisePrompts(served, rows.heldOut.slice(0, JUDGED_ROWS), endToken);
  const engine = await startEngine(wantedEngine(process.env.ENGINE));
  console.log(`engine: ${describeEngine(engine)}`);
  console.log(`${rows.train.length} rows of ${prompts.texts.ids.length} tokens`);
  const frozenProduct = SETTINGS.products === 'bfloat16' ? frozenBfloat16Product() : undefined;
  const model: LoraModel = { decoder, base: tensorflowWeights(weights), lora: LORA, frozenProduct };
  const report = reporter(work, (adapter) => heldOutLoss(model, adapter, heldOut));
  const trained = await trainLora({
    ...SETTINGS,
    ...model,
    weights: () => initialLora(config, LORA, SETTINGS.seed),
    prompts,
    checkpoint: {
      file: join(work, 'checkpoint.safetensors'),
      everyMs: CHECKPOINT_EVERY_MS,
      settings: JSON.stringify(SETTINGS),
    },
    onStep: report.onStep,
  });
  report.close();
  const folder = join(work, 'adapters', PUNCTUATION.id);
  writeAdapter(folder, config, trained, { settings: SETTINGS, engine, rows: rows.train.length });
  console.log(`trained: ${folder}; npm run evaluate:lora -- ${folder} measures it and writes its card`);
}

function heldOutLoss(
  model: LoraModel,
  adapter: ReadonlyMap<string, tf.Tensor>,
  prompts: AnsweredPrompts,
): number {
  const rows = Uint32Array.from(prompts.promptTokens, (_, row) => row);
  return tf.tidy(() => answerLoss(model, adapter, prompts, rows).dataSync()[0] ?? Number.NaN);
}

/** Lines on the terminal, and the same figures for TensorBoard. */
function reporter(
  work: string,
  judge: (adapter: ReadonlyMap<string, tf.Tensor>) => number,
): { onStep: NonNullable<Training['onStep']>; close(): void } {
  const events = createEventWriter(join(work, 'events'));
  const line = progressLines(REPORT_EVERY_STEPS);
  return {
    onStep(progress, readWeights) {
      const { step, steps } = progress;
      const text = line(progress);
      if (text) {
        console.log(text);
        events.scalar('loss', progress.loss, step);
        events.scalar('gradient_norm', progress.gradientNorm, step);
        events.scalar('learning_rate', progress.learningRate, step);
      }
      if (step !== 1 && step !== steps && step % Math.ceil(steps / JUDGED_TIMES) !== 0) return;
      tf.tidy(() => {
        const loss = judge(readWeights());
        console.log(`held-out rows after step ${step}: loss ${loss.toFixed(4)}`);
        events.scalar('held_out/loss', loss, step);
      });
    },
    close: () => events.close(),
  };
}

interface TrainingRecord {
  readonly settings: typeof SETTINGS;
  readonly engine: Engine;
  readonly rows: number;
}

/** In both layouts: PEFT's, and the one that is served. */
function writeAdapter(
  folder: string,
  base: LlamaConfig,
  tensors: OptimizerState,
  record: TrainingRecord,
): void {
  const adapter = { config: LORA, tensors };
  mkdirSync(folder, { recursive: true });
  writePeftAdapter(folder, adapter, PUNCTUATION.base);
  writeFileSync(
    join(folder, PUNCTUATION.gguf),
    loraToGguf(adapter, { name: PUNCTUATION.id, base, type: 'F16' }),
  );
  const training = { ...record, trainedAt: new Date().toISOString() };
  writeFileSync(join(folder, 'training.json'), `${JSON.stringify(training, null, 2)}\n`);
}

await runScript(main);
