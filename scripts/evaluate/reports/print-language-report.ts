import type { LanguageEvaluation } from '../language-models/evaluate-language.ts';

export function printLanguageReport(evaluation: LanguageEvaluation): void {
  const { model, digest, data, tokens, bytes, tokensAWindow, sizeBytes } = evaluation;
  const [low, high] = evaluation.perplexityInterval;
  console.log(`${model} (${digest.slice(0, 8)}) on ${data}: ${tokens} tokens, ${bytes} bytes\n`);
  console.log(
    `perplexity     ${evaluation.perplexity.toFixed(3)} (95 %: ${low.toFixed(2)}-${high.toFixed(2)})`,
  );
  console.log(`bits per byte  ${evaluation.bitsPerByte.toFixed(4)}`);
  console.log(`next token     ${evaluation.accuracy.toFixed(4)} of the likeliest are the ones that follow`);
  console.log(
    `\nwindows of ${tokensAWindow} tokens, at least half of one read before; ${(sizeBytes / 1e6).toFixed(1)} MB`,
  );
}
