import { priceMicroUsd, prices, priceVersion } from '#server/domain/billing/prices.ts';
import type { Progress } from '#server/domain/usage/metering.ts';

type Cost = NonNullable<Progress['soFar']>;

export interface GenerationUse {
  readonly modelVersion: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** By performance.now(). */
  readonly startedAtMs: number;
}

/** What a text costs, as the ledger has it: at its end, and on the way there. */
export function generationUse({ modelVersion, inputTokens, outputTokens, startedAtMs }: GenerationUse): Cost {
  const task = 'text-generation';
  return {
    task,
    modelVersion,
    unit: prices[task].unit,
    inputUnits: inputTokens,
    outputUnits: outputTokens,
    priceMicroUsd: priceMicroUsd(task, inputTokens, outputTokens),
    priceVersion,
    latencyMs: Math.round(performance.now() - startedAtMs),
  };
}
