import type { AnsweredPrompts } from '#workers/fine-tuning/train/answered-batch.ts';
import type { TextEngine } from '#workers/model-runtime/text/text-engine.ts';

export interface PromptWithAnswer {
  readonly prompt: string;
  readonly answer: string;
}

/** Each prompt as the engine would read it from a chat, its answer, and what ends an answer. */
export function tokenisePrompts(
  engine: Pick<TextEngine, 'tokensOf'>,
  rows: readonly PromptWithAnswer[],
  endToken: number,
): AnsweredPrompts {
  const pairs = rows.map(({ prompt, answer }) => ({
    asked: engine.tokensOf({ kind: 'chat', messages: [{ role: 'user', content: prompt }] }),
    answered: [...engine.tokensOf({ kind: 'text', text: answer }), endToken],
  }));
  const starts = new Uint32Array(rows.length + 1);
  pairs.forEach(({ asked, answered }, row) => {
    starts[row + 1] = (starts[row] ?? 0) + asked.length + answered.length;
  });
  return {
    texts: { ids: Int32Array.from(pairs.flatMap(({ asked, answered }) => [...asked, ...answered])), starts },
    promptTokens: Uint32Array.from(pairs, ({ asked }) => asked.length),
  };
}
