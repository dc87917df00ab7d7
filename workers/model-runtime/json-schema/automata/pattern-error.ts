/** A pattern that no automaton is made of; the sentence says what to write instead. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
