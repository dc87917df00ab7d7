/** What is wrong with a GGUF file, in a sentence for whoever brought it. */
export class GgufError extends Error {
  override readonly name = 'GgufError';
}
