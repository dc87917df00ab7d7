import type { DomainError } from '#server/domain/errors.ts';
import type { Metering } from '#server/domain/usage/metering.ts';
import { statusClassOf } from '../errors/error-to-response.ts';
import { unwritten, withheld } from '../errors/withheld.ts';
import { generationError } from '../generation/generation-error.ts';
import { generationUse } from '../generation/generation-progress.ts';
import type { Generation } from '../generation/start-generation.ts';
import type { GenerationEndpoint, GenerationReceipt } from '../generation-endpoint.ts';
import type { Stage } from '../pipeline.ts';
import type { GatewayMetrics } from '../running/metrics.ts';
import type { OpenRun, WithGeneration, WrittenRun } from './generate-text.ts';

export interface WithGenerationReceipt<Options> extends WithGeneration<Options> {
  readonly settled: SettledGeneration;
}

export type SettledGeneration =
  | (WrittenRun & { readonly receipt: GenerationReceipt })
  | (OpenRun & {
      /** Once its text is written: its receipt is durable before its last event leaves. */
      settle(): Promise<GenerationReceipt>;
      /** What the caller is told when it fails. */
      toFailure(error: unknown): DomainError;
      /** Nothing of it is billed. Never rejects: the caller has been told what is the matter. */
      settleFailure(failure: DomainError): Promise<void>;
    });

export interface SettleGenerationOptions {
  readonly metering: Metering;
  readonly holdMs: number;
  readonly metrics: Pick<GatewayMetrics, 'countTokens'>;
}

/** What was written until the caller hung up is billed: it was made for them. A failure on our side never is. */
export function settleGeneration<Options>(
  endpoint: GenerationEndpoint<Options>,
  { metering, holdMs, metrics }: SettleGenerationOptions,
): Stage<WithGeneration<Options>, WithGenerationReceipt<Options>> {
  return {
    name: 'settle',
    async run(context) {
      const { run } = context;
      if (run.kind === 'failed') {
        await write(context, run.statusClass, { inputTokens: 0, outputTokens: 0 });
        throw run.error;
      }
      if (run.kind === 'written') {
        const receipt = await settleWhole(context, run.generation);
        return Object.assign(context, { settled: { ...run, receipt } });
      }
      const settled = {
        ...run,
        settle: () => settleWhole(context, run.generation),
        toFailure: (error: unknown) => generationError(error, endpoint.promptParam(context.input)),
        settleFailure: (failure: DomainError) => settleFailure(context, failure),
      };
      return Object.assign(context, { settled });
    },
  };

  async function settleWhole(
    context: WithGeneration<Options>,
    { started, outputTokens }: Generation,
  ): Promise<GenerationReceipt> {
    const { inputTokens, cachedTokens } = started;
    const { outcome, priceMicroUsd } = await write(context, 2, { inputTokens, outputTokens });
    if (outcome !== 'settled') throw withheld(outcome);
    metrics.countTokens(context.model.model.id, { input: inputTokens, output: outputTokens });
    return { inputTokens, outputTokens, cachedTokens, priceMicroUsd };
  }

  async function settleFailure(context: WithGeneration<Options>, failure: DomainError): Promise<void> {
    await write(context, statusClassOf(failure), { inputTokens: 0, outputTokens: 0 }).catch(() => {});
  }

  async function write(
    { requestId, key, admission, model, startedAtMs }: WithGeneration<Options>,
    statusClass: 2 | 4 | 5,
    tokens: { readonly inputTokens: number; readonly outputTokens: number },
  ) {
    const cost = generationUse({ ...tokens, startedAtMs, modelVersion: model.model.version });
    const settlement = { requestId, keyId: key.id, epoch: admission.epoch, statusClass, ...cost };
    const outcome = await metering.settle(settlement, Date.now() + holdMs).catch((error: unknown) => {
      throw unwritten(error);
    });
    return { outcome, priceMicroUsd: cost.priceMicroUsd };
  }
}
