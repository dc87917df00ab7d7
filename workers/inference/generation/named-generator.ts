import { DomainError } from '#server/domain/errors.ts';
import type { TextGenerator } from '#workers/model-runtime/text-generator.ts';

/** The model that is asked for: the one there is, by its name or without one. */
export function namedGenerator(generator: TextGenerator, name: string | undefined): TextGenerator {
  const { id } = generator.model;
  if (name === undefined || name === id) return generator;
  throw new DomainError('not_found', `There is no such model for texts; there is ${id}.`, { param: 'model' });
}
