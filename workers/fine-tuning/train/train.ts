import * as tf from '@tensorflow/tfjs-core';
import type { StoredTensor } from '#workers/model-zoo/safetensors.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { clipGradients } from './clip-gradients.ts';
import { createOptimizer, type OptimizerSettings } from './create-optimizer.ts';
import { initialState, type Optimizer, type OptimizerState, trainedWeights } from './optimizer.ts';
import type { Progress } from './progress.ts';

export interface Training {
  /** Where the weights start, by name; not read when a checkpoint is there. */
  readonly weights: () => OptimizerState;
  readonly steps: number;
  /**
   * The loss of a step, counted from 0, and how many examples it is of. It must follow from the step and the seed
   * alone, so that a run that goes on from a checkpoint is the run that was never ended.
   */
  readonly batchLoss: (weights: ReadonlyMap<string, tf.Tensor>, step: number) => tf.Scalar;
  readonly examples: (step: number) => number;
  readonly learningRate: (step: number) => number;
  readonly optimizer: OptimizerSettings;
  /** Greatest Euclidean length of all gradients together; longer ones are scaled down (Pascanu and others, 2013). */
  readonly gradientNormMax: number;
  readonly checkpoint: { readonly file: string; readonly everyMs: number; readonly settings: string };
  /** What else a run needs to go on from a checkpoint. */
  readonly extra?: ExtraState;
  /** Called after each step; `weights` reads them as they are then. */
  readonly onStep?: (progress: Progress, weights: () => Map<string, tf.Tensor>) => void | Promise<void>;
}

export interface ExtraState {
  values(): ReadonlyMap<string, StoredTensor>;
  restore(values: ReadonlyMap<string, StoredTensor>): void;
}

const EXTRA = 'extra/';

/** Trains to the last step and returns the weights by name. Set the engine's back end before. */
export async function train(training: Training): Promise<OptimizerState> {
  const { checkpoint, steps } = training;
  const resumed = readCheckpoint(checkpoint.file, checkpoint.settings);
  const state = resumed ? withoutExtra(resumed.state) : initialState(training.weights());
  if (resumed) training.extra?.restore(extraOf(resumed.state));
  const optimizer = createOptimizer(training.optimizer, state);
  const save = (step: number) =>
    writeCheckpoint(
      checkpoint.file,
      { step, state: new Map([...optimizer.state(), ...stored(training.extra)]) },
      checkpoint.settings,
    );
  try {
    let savedMs = Date.now();
    for (let step = resumed?.step ?? 0; step < steps; step++) {
      const startMs = performance.now();
      const { loss, gradientNorm } = trainStep(training, optimizer, step);
      if (!Number.isFinite(loss))
        throw new Error(`The loss of step ${step + 1} is ${loss}; nothing is saved of it.`);
      const stepMs = performance.now() - startMs;
      const examples = training.examples(step);
      const learningRate = training.learningRate(step);
      const progress = { step: step + 1, steps, loss, gradientNorm, learningRate, examples, stepMs };
      await training.onStep?.(progress, () => optimizer.weights());
      if (Date.now() - savedMs >= checkpoint.everyMs) {
        save(step + 1);
        savedMs = Date.now();
      }
    }
    save(steps);
    return trainedWeights(optimizer.state());
  } finally {
    optimizer.dispose();
  }
}

function stored(extra: ExtraState | undefined): [string, StoredTensor][] {
  return [...(extra?.values() ?? [])].map(([name, tensor]) => [`${EXTRA}${name}`, tensor]);
}

function extraOf(state: OptimizerState): Map<string, StoredTensor> {
  const own = [...state].filter(([name]) => name.startsWith(EXTRA));
  return new Map(own.map(([name, tensor]) => [name.slice(EXTRA.length), tensor]));
}

function withoutExtra(state: OptimizerState): OptimizerState {
  return new Map([...state].filter(([name]) => !name.startsWith(EXTRA)));
}

function trainStep(
  training: Training,
  optimizer: Optimizer,
  step: number,
): { loss: number; gradientNorm: number } {
  const { loss, gradients } = lossAndGradients(training, optimizer, step);
  try {
    const { norm, clipped } = clipGradients(gradients, training.gradientNormMax);
    optimizer.step(clipped, training.learningRate(step), step + 1);
    if (clipped !== gradients) tf.dispose([...clipped.values()]);
    return { loss, gradientNorm: norm };
  } finally {
    tf.dispose([...gradients.values()]);
  }
}

function lossAndGradients(training: Training, optimizer: Optimizer, step: number) {
  const gradients = new Map<string, tf.Tensor>();
  const loss = tf.tidy(() => {
    const weights = optimizer.weights();
    const names = [...weights.keys()];
    const compute = tf.valueAndGrads((...tensors: tf.Tensor[]) =>
      training.batchLoss(new Map(names.map((name, index) => [name, tensors[index] as tf.Tensor])), step),
    );
    const { value, grads } = compute([...weights.values()]);
    names.forEach((name, index) => {
      gradients.set(name, tf.keep(grads[index] as tf.Tensor));
    });
    return value.dataSync()[0] ?? Number.NaN;
  });
  return { loss, gradients };
}
