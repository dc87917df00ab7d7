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

/** Of values that come from elsewhere: the whole and the empty input, and what tells how faithful the values are. */
export function planOfGivenValues(
  units: number,
): Pick<ExplanationPlan, 'units' | 'masks' | 'followUpRunsMax'> {
  const masks = [new Uint8Array(units).fill(1), new Uint8Array(units)];
  return { units, masks, followUpRunsMax: faithfulnessRuns(units) };
}

export function planExplanation(method: MethodName, units: number, options: MethodOptions): ExplanationPlan {
  const plan = planOfGivenValues(units);
  return { ...plan, method, masks: [...plan.masks, ...METHODS[method].masks(units, options)] };
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
  return judgedValues(plan, explainedValues(plan, scores.slice(0, plan.masks.length)), scores);
}

/** The same of values that are known already. */
export function judgedValues(
  { units, masks }: Pick<ExplanationPlan, 'units' | 'masks'>,
  values: Float64Array,
  scores: readonly number[],
): Explanation {
  const [whole = 0, empty = 0] = scores;
  return {
    values,
    whole,
    empty,
    faithfulness: faithfulnessOf(units, scores.slice(masks.length), whole, empty),
  };
}
