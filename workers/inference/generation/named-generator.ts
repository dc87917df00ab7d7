import { DomainError } from '#server/domain/errors.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';

/** Models that write texts; the first is the one that answers where none is named. */
export type TextGenerators = readonly [TextGenerator, ...TextGenerator[]];

export function namedGenerator(generators: TextGenerators, name: string | undefined): TextGenerator {
  if (name === undefined) return generators[0];
  const found = generators.find(({ model }) => model.id === name);
  if (found) return found;
  const ids = generators.map(({ model }) => model.id).join(', ');
  const verb = generators.length === 1 ? 'is' : 'are';
  throw new DomainError('not_found', `There is no such model for texts; there ${verb} ${ids}.`, {
    param: 'model',
  });
}

/** What text-generation-inference's documents and Hugging Face's clients put where a server has one model. */
const placeholders: ReadonlySet<string> = new Set(['tgi', 'dummy']);

/** Undefined: none is named, or only that which stands where none is. An address is where a client of Hugging Face was pointed. */
export function modelNamed(given: string | null | undefined): string | undefined {
  if (given == null || placeholders.has(given) || /^https?:\/\//i.test(given)) return undefined;
  return given;
}
