import { createAdamW } from './create-adamw.ts';
import { nesterov } from './nesterov.ts';
import type { AdamWSettings, NesterovSettings, Optimizer, OptimizerState } from './optimizer.ts';

export type OptimizerSettings = AdamWSettings | NesterovSettings;

export function createOptimizer(settings: OptimizerSettings, state: OptimizerState): Optimizer {
  return 'momentum' in settings ? nesterov(settings, state) : createAdamW(settings, state);
}
