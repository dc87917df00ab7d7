import path from 'node:path';
import { openLlamaEngine } from '#workers/model-runtime/llama-cpp/llama-engine.ts';
import type { EngineSampler, TextEngine } from '#workers/model-runtime/text/text-engine.ts';
import { type WritingTask, writingSampling } from './writing-task.ts';

/**
 * The floor of writing: all answers step by step together, as llama.cpp's batched bench does, with nothing of a
 * queue, a process or a server around them. Tokens a second, prompts included.
 */
export async function openBareWriting(task: WritingTask): Promise<(streams: number) => Promise<number>> {
  const engine = await openLlamaEngine({
    file: path.join(task.folder, task.firstPart),
    device: 'cpu',
    threads: 1,
    sequences: 8,
    contextTokens: 2_048,
  });
  return async (streams) => {
    const startedAt = performance.now();
    await write(engine, task, streams);
    return (streams * task.tokens * 1_000) / (performance.now() - startedAt);
  };
}

interface Answer {
  readonly sequence: number;
  readonly sampler: EngineSampler;
  position: number;
  next: readonly number[];
}

async function write(engine: TextEngine, task: WritingTask, streams: number): Promise<void> {
  const answers: Answer[] = Array.from({ length: streams }, (_, sequence) => {
    engine.forget(sequence, 0);
    const settings = { ...writingSampling(sequence), outputTokensMax: task.tokens, grammar: null };
    const messages = [{ role: 'user', content: task.prompt(sequence) }] as const;
    return {
      sequence,
      sampler: engine.openSampler(settings),
      position: 0,
      next: engine.tokensOf({ kind: 'chat', messages }),
    };
  });
  for (let made = 0; made < task.tokens; made++) {
    const drawn = await engine.step(
      answers.map(({ sequence, sampler, position, next: tokens }) => {
        return { sequence, adapter: null, sampler, position, tokens, logprobs: null };
      }),
    );
    answers.forEach((answer, index) => {
      answer.position += answer.next.length;
      answer.next = [drawn[index]?.token ?? 0];
    });
  }
  for (const { sampler } of answers) sampler.close();
}
