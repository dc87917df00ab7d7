/**
 * What a unit costs, by task. Every usage row names the version it was priced with; a change of any price is a new
 * version, and old ones stay. A task that is added changes no row's price, so the version stays too.
 */
export interface Price {
  readonly unit: 'token' | 'image' | 'sample';
  readonly microUsdPerInputUnit: number;
  readonly microUsdPerOutputUnit: number;
}

export const priceVersion = 1;

export const prices = {
  sentiment: { unit: 'token', microUsdPerInputUnit: 1, microUsdPerOutputUnit: 0 },
  'text-generation': { unit: 'token', microUsdPerInputUnit: 1, microUsdPerOutputUnit: 2 },
  'image-classification': { unit: 'image', microUsdPerInputUnit: 200, microUsdPerOutputUnit: 0 },
  'image-embedding': { unit: 'image', microUsdPerInputUnit: 200, microUsdPerOutputUnit: 0 },
  'text-embedding': { unit: 'token', microUsdPerInputUnit: 1, microUsdPerOutputUnit: 0 },
} as const satisfies Record<string, Price>;

export type PricedTask = keyof typeof prices;

/** Whole micro-USD: units and unit prices are integers. */
export function priceMicroUsd(task: PricedTask, inputUnits: number, outputUnits: number): number {
  const price = prices[task];
  return inputUnits * price.microUsdPerInputUnit + outputUnits * price.microUsdPerOutputUnit;
}
