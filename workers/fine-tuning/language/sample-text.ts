import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';

export interface SampleOptions {
  readonly tokens: number;
  readonly contextTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly seed: number;
  /** Ends the text. */
  readonly endToken: number;
}

/** Goes on with a text, token by token, each drawn from the likeliest (Fan, Lewis and Dauphin, 2018). */
export function sampleText(
  logitsOf: (ids: readonly number[]) => readonly Float32Array[],
  prompt: readonly number[],
  { tokens, contextTokens, temperature, topK, seed, endToken }: SampleOptions,
): number[] {
  const random = randomNumbers(seed);
  const ids = [...prompt];
  while (ids.length < prompt.length + tokens) {
    const logits = logitsOf(ids.slice(-contextTokens)).at(-1) ?? new Float32Array();
    const next = draw(logits, { temperature, topK }, random);
    if (next === endToken) break;
    ids.push(next);
  }
  return ids.slice(prompt.length);
}

function draw(
  logits: Float32Array,
  { temperature, topK }: { readonly temperature: number; readonly topK: number },
  random: () => number,
): number {
  const likeliest = Array.from(logits, (logit, id) => ({ logit, id }))
    .sort((one, other) => other.logit - one.logit)
    .slice(0, topK);
  const greatest = likeliest[0]?.logit ?? 0;
  const weights = likeliest.map(({ logit }) => Math.exp((logit - greatest) / temperature));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const at = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return likeliest.at(at)?.id ?? 0;
}
