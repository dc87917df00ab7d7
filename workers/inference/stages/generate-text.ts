import type { GenerationText, TextGenerator, TokenLogprob } from '#workers/model-runtime/text-generator.ts';
import { statusClassOf } from '../errors/error-to-response.ts';
import { stoppedBefore } from '../errors/server-stopping.ts';
import { promptNotCovered, unwritten, withheld } from '../errors/withheld.ts';
import { generationError } from '../generation/generation-error.ts';
import { generationUse } from '../generation/generation-progress.ts';
import type { ProgressSaver, SavedRequest } from '../generation/progress-saver.ts';
import { type Generation, type GenerationTimes, startGeneration } from '../generation/start-generation.ts';
import type { GenerationEndpoint, GenerationRequest, WrittenChoice } from '../generation-endpoint.ts';
import type { Stage } from '../pipeline.ts';
import type { GatewayMetrics } from '../running/metrics.ts';
import type { WithAdmission } from './admit.ts';
import type { FailedRun } from './run-model.ts';

export interface WithGeneration<Options> extends WithAdmission<GenerationRequest<Options>> {
  readonly model: TextGenerator;
  readonly run: GenerationRun;
}

/** Never thrown: whatever came of it, the hold has to be settled. */
export type GenerationRun = OpenRun | WrittenRun | FailedRun;

/** Begun; its text is written while it is read. */
export interface OpenRun {
  readonly kind: 'open';
  readonly generation: Generation;
  /** Its text, timed and with its progress saved until it ends. */
  events(): AsyncGenerator<GenerationText>;
}

export interface WrittenRun {
  readonly kind: 'written';
  readonly generation: Generation;
  readonly choices: readonly WrittenChoice[];
}

export interface GenerateOptions {
  readonly saver: ProgressSaver;
  readonly metrics: Pick<GatewayMetrics, 'timeFirstToken'>;
  readonly times: GenerationTimes;
  readonly ending?: AbortSignal | undefined;
}

/**
 * A stream's hold is durable, with the prompt's cost, before its first byte. An answer that leaves whole saves no cost,
 * since it is billed whole or not at all; its hold is prolonged alike.
 */
export function generateText<Options>(
  endpoint: GenerationEndpoint<Options>,
  { saver, metrics, times, ending }: GenerateOptions,
): Stage<WithAdmission<GenerationRequest<Options>>, WithGeneration<Options>> {
  return {
    name: 'runModel',
    async run(context) {
      const model = endpoint.modelOf(context.input);
      try {
        return Object.assign(context, { model, run: await generate(context, model) });
      } catch (error) {
        return Object.assign(context, { model, run: failedRun(endpoint, context, error) });
      }
    },
  };

  async function generate(
    context: WithAdmission<GenerationRequest<Options>>,
    model: TextGenerator,
  ): Promise<OpenRun | WrittenRun> {
    const { input, admission, signal } = context;
    const generation = await startGeneration(model, input.generation, {
      ...times,
      lane: admission.workspaceId,
      signal,
      ending,
    });
    const saved = savedRequest(context, model, generation);
    try {
      await open(saved, generation);
    } catch (error) {
      await abandon(generation);
      throw error;
    }
    const open_: OpenRun = { kind: 'open', generation, events: () => timed(context, saved, generation) };
    if (input.isStream) return open_;
    const choices = await collect(open_, input.generation.logprobs !== null);
    // Half an answer that was to leave whole is none.
    if (generation.cutBy) throw stoppedBefore();
    return { kind: 'written', generation, choices };
  }

  async function open(saved: SavedRequest, generation: Generation): Promise<void> {
    const { outcome, heldUnits, heldMicroUsd } = await saver.open(saved).catch((error: unknown) => {
      throw unwritten(error);
    });
    const held = { units: heldUnits, microUsd: heldMicroUsd };
    const refused =
      outcome === 'no_hold' ? withheld(outcome) : promptNotCovered(held, generation.started.inputTokens);
    if (refused) {
      saver.close(saved);
      throw refused;
    }
    if (outcome !== 'saved') throw withheld(outcome);
    generation.limitTo(held);
  }

  async function* timed(
    { startedAtMs, trace }: WithAdmission<GenerationRequest<Options>>,
    saved: SavedRequest,
    generation: Generation,
  ): AsyncGenerator<GenerationText> {
    let isFirst = true;
    const askedAtMs = performance.now();
    try {
      for await (const event of generation.events()) {
        if (isFirst && event.tokens > 0) {
          isFirst = false;
          const firstAtMs = performance.now();
          metrics.timeFirstToken(endpoint.route.path, firstAtMs - startedAtMs);
          trace?.span('runtime.first_token', askedAtMs, firstAtMs);
        }
        yield event;
      }
    } finally {
      saver.close(saved);
      trace?.span('runtime.run', askedAtMs, performance.now(), {
        'modelyard.input_tokens': generation.started.inputTokens,
      });
    }
  }
}

function savedRequest<Options>(
  { requestId, startedAtMs, admission, input }: WithAdmission<GenerationRequest<Options>>,
  model: TextGenerator,
  generation: Generation,
): SavedRequest {
  const { epoch } = admission;
  return {
    progress: () => ({
      requestId,
      epoch,
      soFar: input.isStream
        ? generationUse({
            modelVersion: model.model.version,
            inputTokens: generation.started.inputTokens,
            outputTokens: generation.outputTokens,
            startedAtMs,
          })
        : null,
    }),
    lose: generation.fail,
  };
}

async function collect(
  { generation, events }: OpenRun,
  hasLogprobs: boolean,
): Promise<readonly WrittenChoice[]> {
  const texts: string[] = [];
  const logprobs: TokenLogprob[][] = [];
  for await (const event of events()) {
    texts[event.choice] = (texts[event.choice] ?? '') + event.text;
    if (event.logprobs) (logprobs[event.choice] ??= []).push(...event.logprobs);
  }
  return generation.reasons.map((reason, choice) => ({
    text: texts[choice] ?? '',
    reason,
    logprobs: hasLogprobs ? (logprobs[choice] ?? []) : null,
  }));
}

/** Ends what nobody will read. */
async function abandon(generation: Generation): Promise<void> {
  generation.stop();
  try {
    for await (const _ of generation.events());
  } catch {
    // What it failed with does not matter any more.
  }
}

function failedRun<Options>(
  endpoint: GenerationEndpoint<Options>,
  { input, signal }: WithAdmission<GenerationRequest<Options>>,
  error: unknown,
): FailedRun {
  if (signal.aborted) return { kind: 'failed', statusClass: 4, error };
  const failure = generationError(error, endpoint.promptParam(input));
  return { kind: 'failed', statusClass: statusClassOf(failure), error: failure };
}
