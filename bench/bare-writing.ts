import path from 'node:path';
import { openLlamaEngine } from '#workers/model-runtime/llama-cpp/llama-engine.ts';
import type { EngineSampler, TextEngine } from '#workers/model-runtime/text/text-engine.ts';
import { type WritingTask, writingSampling } from './writing-task.ts';
import { type Written, writtenOf } from './written.ts';

/**
 * The floor of writing: all answers step by step together, as llama.cpp's batched bench does, with nothing of a
 * queue, a process or a server around them.
 */
export async function openBareWriting(task: WritingTask): Promise<(streams: number) => Promise<Written>> {
  const engine = await openLlamaEngine({
    file: path.join(task.folder, task.firstPart),
    device: 'cpu',
    threads: 1,
    sequences: 8,
    contextTokens: 2_048,
  });
  return async (streams) => {
    const startedAt = performance.now();
    const writtenAt = await write(engine, task, streams);
    return writtenOf(
      startedAt,
      task.tokens,
      Array.from({ length: streams }, () => writtenAt),
    );
  };
}

interface Answer {
  readonly sequence: number;
  readonly sampler: EngineSampler;
  position: number;
  next: readonly number[];
}

/** When each token was there, the same for all answers. */
async function write(engine: TextEngine, task: WritingTask, streams: number): Promise<readonly number[]> {
  const writtenAt: number[] = [];
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
    writtenAt.push(performance.now());
    answers.forEach((answer, index) => {
      answer.position += answer.next.length;
      answer.next = [drawn[index]?.token ?? 0];
    });
  }
  for (const { sampler } of answers) sampler.close();
  return writtenAt;
}
