import { DomainError } from '#server/domain/errors.ts';
import type { ImageClass } from '#workers/model-runtime/model-runtime.ts';

/** A label as answers name it, or its WordNet id: some words name two classes, an id names one. */
export function findClass(classes: readonly ImageClass[], wanted: string): number {
  const found = classes.flatMap(({ label, wordnetId }, index) =>
    label === wanted || wordnetId === wanted ? [index] : [],
  );
  if (found.length === 1) return found[0] ?? 0;
  const sentence =
    found.length === 0
      ? 'The model has no such label. Name one as POST /v1/images/classify answers it, or its WordNet id.'
      : `Several labels are called so. Name one by its WordNet id: ${found.map((index) => classes[index]?.wordnetId).join(' or ')}.`;
  throw new DomainError('invalid_request', sentence, { param: 'label' });
}
