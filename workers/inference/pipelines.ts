import { priceMicroUsd } from '#server/domain/billing/prices.ts';
import { generationLimits } from '#server/domain/rate-limits/limits.ts';
import type { Metering } from '#server/domain/usage/metering.ts';
import type { LinePlaces } from './batches/line-places.ts';
import { byInput, type FreeEndpoint, type MeteredEndpoint } from './endpoint.ts';
import { generationCost } from './generation/generation-cost.ts';
import type { ProgressSaver } from './generation/progress-saver.ts';
import type { GenerationEndpoint } from './generation-endpoint.ts';
import { type ObserveStage, type Pipeline, pipeline } from './pipeline.ts';
import type { Received } from './request-scope.ts';
import type { GatewayMetrics } from './running/metrics.ts';
import { admit, admitOrAssume, type CostBounds, free } from './stages/admit.ts';
import { claimKey, type IdempotencyDependencies } from './stages/claim-key.ts';
import { fetchInputs, type WithInputs } from './stages/fetch-inputs.ts';
import { generateText } from './stages/generate-text.ts';
import { limitBody } from './stages/limit-body.ts';
import { nameRequest, type WithName } from './stages/name-request.ts';
import { parseRequest } from './stages/parse-request.ts';
import { readKey } from './stages/read-key.ts';
import { respond, respondFree } from './stages/respond.ts';
import { respondText } from './stages/respond-text.ts';
import { runModel } from './stages/run-model.ts';
import { settle } from './stages/settle.ts';
import { settleGeneration } from './stages/settle-generation.ts';
import type { AddressBuckets } from './wire/address-buckets.ts';
import type { BodyLimits } from './wire/read-body-bytes.ts';

export interface PipelineDependencies extends IdempotencyDependencies {
  readonly metering: Metering;
  readonly malformedKeys: AddressBuckets;
  readonly observeStage: ObserveStage;
  readonly webUrl: string;
  readonly holdMs: number;
  readonly heldQuotaWaitMs?: number;
  /** The same as that of the batches that run here. Left out: none do. */
  readonly linePlaces?: LinePlaces;
  readonly requestTimeoutMs?: number;
  readonly stalledDownloadMs?: number;
  readonly bodyLimits?: BodyLimits;
}

/** What every call of a model goes through, in this order; one that only points at its inputs has them fetched. */
export function meteredPipeline<Input, Item extends object, Output extends object>(
  endpoint: MeteredEndpoint<Input, Item, Output>,
  dependencies: PipelineDependencies,
): Pipeline<Received, Response> {
  const admitted = pipeline<Received>(dependencies.observeStage)
    .through(limitBody(dependencies.bodyLimits ?? endpoint.bodyLimits))
    .through(readKey(dependencies))
    .through(parseRequest(endpoint))
    .through(claimKey(dependencies))
    .through(
      admitOrAssume(endpoint, {
        ...dependencies,
        costOf: (input) => costOf(endpoint, input),
        modelOf: (input) => endpoint.modelOf(input).runtime.model.id,
        mayAssume: (input) => runsOnce(endpoint, input),
      }),
    );
  const whole: Pipeline<Received, WithInputs<Input>> = endpoint.fetchInputs
    ? admitted.through(fetchInputs(endpoint.fetchInputs))
    : admitted;
  return whole
    .through(runModel(endpoint, { timeoutMs: dependencies.requestTimeoutMs }))
    .through(settle(endpoint, dependencies))
    .through(respond(endpoint));
}

/** Runs once, and makes us call nobody: it is soon over, and costs next to nothing where it is not let through. */
function runsOnce<Input, Item, Output>(
  endpoint: MeteredEndpoint<Input, Item, Output>,
  input: Input,
): boolean {
  if (endpoint.fetchInputs && (endpoint.pointsElsewhere?.(input) ?? true)) return false;
  return !endpoint.followUps?.some((followUp) => followUp.itemsMax(input).length > 0);
}

/** Instead of those in `generationLimits`. */
export interface GenerationTimeLimits {
  readonly firstEventTimeoutMs?: number;
  readonly timeoutMs?: number;
  readonly saveEveryMs?: number;
  readonly stalledReaderMs?: number;
}

export interface GenerationDependencies extends PipelineDependencies {
  readonly saver: ProgressSaver;
  readonly metrics: Pick<GatewayMetrics, 'timeFirstToken' | 'countTokens'>;
  readonly times?: GenerationTimeLimits | undefined;
  readonly ending?: AbortSignal | undefined;
}

/**
 * The same stages for a text that is written: a stream's `settle` prepares what its last event waits for. It lasts, so its
 * hold is its own and is prolonged while it is written.
 */
export function generationPipeline<Options>(
  endpoint: GenerationEndpoint<Options>,
  dependencies: GenerationDependencies,
): Pipeline<Received, Response> {
  const times = { ...generationLimits, ...dependencies.times };
  return pipeline<Received>(dependencies.observeStage)
    .through(limitBody(dependencies.bodyLimits ?? endpoint.bodyLimits))
    .through(readKey(dependencies))
    .through(parseRequest(endpoint))
    .through(claimKey(dependencies))
    .through(
      admit(endpoint, {
        ...dependencies,
        ownHold: true,
        costOf: (request) => generationCost(request.generation, endpoint.modelOf(request).limits),
        modelOf: (request) => endpoint.modelOf(request).model.id,
      }),
    )
    .through(generateText(endpoint, { ...dependencies, times }))
    .through(settleGeneration(endpoint, dependencies))
    .through(respondText(endpoint, times));
}

/** What every call goes through that needs a key and costs nothing. */
export function freePipeline<Input>(
  endpoint: FreeEndpoint<Input>,
  dependencies: PipelineDependencies,
): Pipeline<Received, Response> {
  const { modelId = '' } = endpoint;
  const parsed = pipeline<Received>(dependencies.observeStage)
    .through(limitBody(dependencies.bodyLimits ?? endpoint.bodyLimits))
    .through(readKey(dependencies))
    .through(parseRequest(endpoint));
  const named: Pipeline<Received, WithName<Input>> = endpoint.takesName
    ? parsed.through(nameRequest())
    : parsed;
  return named
    .through(admit(endpoint, { ...dependencies, costOf: () => free, modelOf: () => modelId }))
    .through(respondFree(endpoint, dependencies));
}

/** An item costs a unit at the least, unless there is nothing in it: a text without its words. */
function costOf<Input, Item, Output>(
  endpoint: MeteredEndpoint<Input, Item, Output>,
  input: Input,
): CostBounds {
  const model = endpoint.modelOf(input);
  const followUps = endpoint.followUps?.flatMap((followUp) => followUp.itemsMax(input)) ?? [];
  const bounds = [...endpoint.itemsOf(input), ...followUps].map((item) => model.costBound(item));
  const unitsMax = bounds.reduce((sum, bound) => sum + bound, 0);
  const unitsMin = bounds.filter((bound) => bound > 0).length;
  const task = byInput(endpoint.task, input);
  return { unitsMin, unitsMax, microUsdMax: priceMicroUsd(task, unitsMax, 0) };
}
