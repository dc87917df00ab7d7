import type { GenerationInput, TextGenerator } from '#workers/model-runtime/text-generator.ts';
import { INSTRUCTION_CHECKS, type InstructionCheck } from './instruction-checks.ts';

export interface JudgedInstruction {
  readonly kind: InstructionCheck['kind'];
  readonly prompt: string;
  readonly answer: string;
  readonly passed: boolean;
}

const ANSWER_TOKENS_MAX = 160;

/** Asks everything once, always the likeliest token, so that the same model gives the same answers. */
export async function judgeInstructions(generator: TextGenerator): Promise<readonly JudgedInstruction[]> {
  const judged: JudgedInstruction[] = [];
  for (const { kind, prompt, passes } of INSTRUCTION_CHECKS) {
    const answer = await likeliestAnswer(generator, prompt, ANSWER_TOKENS_MAX);
    judged.push({ kind, prompt, answer, passed: passes(answer) });
  }
  return judged;
}

export async function likeliestAnswer(
  generator: TextGenerator,
  question: string,
  tokensMax: number,
): Promise<string> {
  const input: GenerationInput = {
    prompt: { kind: 'chat', messages: [{ role: 'user', content: question }] },
    truncate: false,
    outputTokensMax: tokensMax,
    choices: 1,
    sampling: {
      temperature: 0,
      topP: 1,
      topK: 0,
      minP: 0,
      seed: 0,
      repetitionPenalty: 1,
      presencePenalty: 0,
      frequencyPenalty: 0,
      logitBias: [],
    },
    stop: [],
    logprobs: null,
    format: { kind: 'text' },
  };
  const { signal } = new AbortController();
  let answer = '';
  for await (const event of generator.generate(input, { lane: 'evaluation', signal })) {
    if (event.kind === 'text') answer += event.text;
  }
  return answer.trim();
}
