/** Something that whoever evaluates can mend; its message says how. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
}
