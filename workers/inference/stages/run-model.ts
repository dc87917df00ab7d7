import { DomainError } from '#server/domain/errors.ts';
import { pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import {
  BatcherClosedError,
  BatcherFullError,
  BatcherTimeoutError,
  type BatchTimes,
  type WaitMax,
} from '#workers/batching/batcher.ts';
import { type InputRefusal, isRefusal } from '#workers/model-runtime/model-runtime.ts';
import type { MeteredEndpoint } from '../endpoint.ts';
import { inputRefusedError } from '../errors/input-refused-error.ts';
import type { ServedModel } from '../models/served-model.ts';
import type { Stage } from '../pipeline.ts';
import type { RequestTrace } from '../tracing/request-trace.ts';
import type { WithInputs } from './fetch-inputs.ts';

export interface WithRun<Input, Item, Output> extends WithInputs<Input> {
  readonly model: ServedModel<Item, Output>;
  readonly run: ModelRun<Output>;
}

/** Never thrown: whatever came of it, the hold has to be settled. */
export type ModelRun<Output> = { readonly kind: 'answered'; readonly outputs: readonly Output[] } | FailedRun;

/** The input's fault (4) or ours (5): nothing is billed. */
export interface FailedRun {
  readonly kind: 'failed';
  readonly statusClass: 4 | 5;
  readonly error: unknown;
}

export interface RunLimits {
  /** For all that the request runs. */
  readonly timeoutMs?: number | undefined;
  /** Until its turn comes; known before it waits. */
  readonly waitMsMax?: number;
}

export function runModel<Input, Item extends object, Output extends object>(
  endpoint: MeteredEndpoint<Input, Item, Output>,
  { timeoutMs = pipelineLimits.requestTimeoutMs, waitMsMax = pipelineLimits.modelWaitMsMax }: RunLimits = {},
): Stage<WithInputs<Input>, WithRun<Input, Item, Output>> {
  return {
    name: 'runModel',
    async run(context) {
      const model = endpoint.modelOf(context.input);
      if (context.fetchFailure) return Object.assign(context, { model, run: context.fetchFailure });
      try {
        const untilMs = performance.now() + timeoutMs;
        const { admission, departure: signal, trace } = context;
        const onBatch = trace ? traceBatch(trace, model.runtime.model.id) : undefined;
        const submit = (items: readonly Item[], waitMax?: WaitMax) =>
          model.batcher.submit(items, {
            lane: admission.workspaceId,
            signal,
            onBatch,
            // One time limit for all that the request runs: its hold does not last for several.
            timeoutMs: Math.max(1, untilMs - performance.now()),
            waitMax,
          });
        const toError = (refusal: InputRefusal, index: number) =>
          inputRefusedError(refusal, endpoint.paramOf(context.input, index), endpoint.tooLongCure);
        // What has begun is finished; and a batch's lines, which are few and which nobody waits for, take their time.
        const first = endpoint.itemsOf(context.input);
        const waitMax = context.line
          ? undefined
          : { ms: waitMsMax, items: first.length + laterItemsMax(endpoint, context.input) };
        let run = toRun(await submit(first, waitMax), toError);
        for (const followUp of endpoint.followUps ?? []) {
          if (run.kind === 'failed') break;
          const items = followUp.itemsOf(context.input, run.outputs);
          if (items.length === 0) continue;
          run = toRun([...run.outputs, ...(await submit(items))], toError);
        }
        return Object.assign(context, { model, run });
      } catch (error) {
        const { aborted } = context.departure;
        const statusClass = aborted ? 4 : 5;
        const run = { kind: 'failed', statusClass, error: aborted ? error : toFailure(error) } as const;
        return Object.assign(context, { model, run });
      }
    },
  };
}

function laterItemsMax<Input, Item, Output>(
  { followUps = [] }: MeteredEndpoint<Input, Item, Output>,
  input: Input,
): number {
  return followUps.reduce((sum, followUp) => sum + followUp.itemsMax(input).length, 0);
}

function traceBatch(trace: RequestTrace, model: string): (batch: BatchTimes) => void {
  return ({ queuedAtMs, startedAtMs, endedAtMs, items }) => {
    trace.span('batcher.wait', queuedAtMs, startedAtMs);
    const attributes = { 'modelyard.model': model, 'modelyard.batch_items': items };
    trace.span('runtime.run', startedAtMs, endedAtMs, attributes);
  };
}

function toRun<Output extends object>(
  outputs: readonly (Output | InputRefusal)[],
  toError: (refusal: InputRefusal, index: number) => DomainError,
): ModelRun<Output> {
  const refused = outputs.findIndex((output) => isRefusal(output));
  if (refused < 0) return { kind: 'answered', outputs: outputs as readonly Output[] };
  return { kind: 'failed', statusClass: 4, error: toError(outputs[refused] as InputRefusal, refused) };
}

function toFailure(error: unknown): unknown {
  if (error instanceof BatcherTimeoutError) {
    return new DomainError('overloaded', 'The model did not answer in time. Try again.', {
      retryAfterMs: 1_000,
    });
  }
  if (error instanceof BatcherFullError || error instanceof BatcherClosedError) {
    // By then what waits now is worked off.
    const retryAfterMs = error instanceof BatcherFullError ? Math.max(1_000, error.waitMs) : 1_000;
    return new DomainError('overloaded', 'Too much waits for the model. Try again.', { retryAfterMs });
  }
  return new DomainError('model_unavailable', 'The model failed to answer. Try again.', {
    retryAfterMs: 1_000,
    cause: error,
  });
}
