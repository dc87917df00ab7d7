import { textWindows } from './text-windows.ts';

export interface JudgedToken {
  readonly id: number;
  /** How surprising it was: -ln of its probability. */
  readonly nats: number;
  /** The likeliest token in its place. */
  readonly choice: number;
}

/** A model as it is asked here: the logits of what follows, by text and token. A decoder's session is one. */
export interface NextTokens {
  run(texts: readonly (readonly number[])[]): Promise<{ readonly logits: Float32Array[][] }>;
}

/** Every token of a text but the first, as the model expected it. */
export async function judgeNextTokens(
  model: NextTokens,
  ids: readonly number[],
  tokensAWindow: number,
): Promise<JudgedToken[]> {
  const judged: JudgedToken[] = [];
  for (const { ids: seen, scoredFrom } of textWindows(ids, tokensAWindow)) {
    const [rows = []] = (await model.run([seen])).logits;
    for (let position = scoredFrom; position < seen.length; position++) {
      const id = seen[position] ?? 0;
      judged.push({ id, ...expectation(rows[position - 1] ?? new Float32Array(), id) });
    }
  }
  return judged;
}

function expectation(logits: Float32Array, id: number): Omit<JudgedToken, 'id'> {
  let choice = 0;
  for (let other = 1; other < logits.length; other++) {
    if ((logits[other] ?? 0) > (logits[choice] ?? 0)) choice = other;
  }
  const greatest = logits[choice] ?? Number.NaN;
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - greatest), 0);
  return { nats: greatest + Math.log(sum) - (logits[id] ?? Number.NaN), choice };
}
