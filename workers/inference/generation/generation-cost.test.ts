import { describe, expect, it } from 'vitest';
import { priceMicroUsd } from '#server/domain/billing/prices.ts';
import type { GenerationInput, GenerationLimits, Prompt } from '#workers/model-runtime/text-generator.ts';
import { generationCost } from './generation-cost.ts';

const limits: GenerationLimits = {
  contextTokens: 40,
  templateTokens: 3,
  templateTokensPerMessage: 4,
  waitingMax: 1,
};
const cost = (prompt: Prompt, outputTokensMax: number, choices: number) =>
  generationCost({ prompt, outputTokensMax, choices } as GenerationInput, limits);
const text = (value: string): Prompt => ({ kind: 'text', text: value });

describe('generationCost', () => {
  it('bounds a prompt by its bytes in UTF-8 and its template', () => {
    expect(cost(text('añ€'), 1, 1)).toEqual({ unitsMin: 1, unitsMax: 6 + 3 + 1, microUsdMax: 9 + 2 });
    const messages = [
      { role: 'system', content: 'ab' },
      { role: 'user', content: 'c' },
    ] as const;
    expect(cost({ kind: 'chat', messages }, 1, 1).unitsMax).toBe(3 + 2 * 4 + 3 + 1);
  });

  it('is never below what any prompt of at most those bytes can cost, and some prompt costs it', () => {
    for (const bytes of [0, 1, 10, 30, 37, 100]) {
      for (const output of [1, 5, 39, 40, 1_000]) {
        for (const choices of [1, 2, 8]) {
          const bound = cost(text('x'.repeat(bytes)), output, choices);
          const dearest = { units: 0, microUsd: 0 };
          for (
            let input = 1;
            input <= Math.min(bytes + limits.templateTokens, limits.contextTokens);
            input++
          ) {
            const made = choices * Math.min(output, limits.contextTokens - input);
            dearest.units = Math.max(dearest.units, input + made);
            dearest.microUsd = Math.max(dearest.microUsd, priceMicroUsd('text-generation', input, made));
          }
          expect(bound).toEqual({ unitsMin: 1, unitsMax: dearest.units, microUsdMax: dearest.microUsd });
        }
      }
    }
  });
});
