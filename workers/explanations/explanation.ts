import { type Faithfulness, faithfulnessMasks, faithfulnessOf, faithfulnessRuns } from './faithfulness.ts';
import { kernelShap } from './kernel-shap.ts';
import { lime } from './lime.ts';
import type { ExplanationMethod, Mask, MethodOptions } from './method.ts';
import { occlusion } from './occlusion.ts';

export const METHODS = { occlusion, lime, shap: kernelShap } as const satisfies Record<
  string,
  ExplanationMethod
>;
export type MethodName = keyof typeof METHODS;

/** What is asked of one input, worked out before anything runs: so its greatest cost is known. */
export interface ExplanationPlan {
  readonly method: MethodName;
  readonly units: number;
  /** To score first: the whole, the empty input, then the method's own. */
  readonly masks: readonly Mask[];
  /** To score after them, at most: what tells how faithful the values are. */
  readonly followUpRunsMax: number;
}

export interface Explanation {
  readonly values: Float64Array;
  readonly whole: number;
  readonly empty: number;
  readonly faithfulness: Faithfulness;
}

export function planExplanation(method: MethodName, units: number, options: MethodOptions): ExplanationPlan {
  const ends = [new Uint8Array(units).fill(1), new Uint8Array(units)];
  return {
    method,
    units,
    masks: [...ends, ...METHODS[method].masks(units, options)],
    followUpRunsMax: faithfulnessRuns(units),
  };
}

/** Values of the units, from the scores of the plan's masks. */
export function explainedValues(
  { method, units, masks }: ExplanationPlan,
  scores: readonly number[],
): Float64Array {
  const [whole = 0, empty = 0, ...masked] = scores;
  return METHODS[method].values(units, masks.slice(2), { whole, empty, masked });
}

export function followUpMasks(values: Float64Array): Mask[] {
  return faithfulnessMasks(values);
}

/** `scores` of the plan's masks and then of the follow-up's. */
export function explanationOf(plan: ExplanationPlan, scores: readonly number[]): Explanation {
  const first = scores.slice(0, plan.masks.length);
  const [whole = 0, empty = 0] = first;
  return {
    values: explainedValues(plan, first),
    whole,
    empty,
    faithfulness: faithfulnessOf(plan.units, scores.slice(plan.masks.length), whole, empty),
  };
}
