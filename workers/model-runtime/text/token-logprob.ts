import type { TokenLogprob } from '../text-generator.ts';
import type { DrawnToken, TextEngine } from './text-engine.ts';

export function tokenLogprob(
  engine: Pick<TextEngine, 'textOf' | 'bytesOf'>,
  token: number,
  { chosen, alternatives }: NonNullable<DrawnToken['logprobs']>,
): TokenLogprob {
  const described = (one: number) => ({ token: engine.textOf([one]), bytes: [...engine.bytesOf(one)] });
  return {
    id: token,
    ...described(token),
    logprob: chosen,
    alternatives: alternatives.map(([other, logprob]) => ({ ...described(other), logprob })),
  };
}
