import { priceMicroUsd, prices, priceVersion } from '#server/domain/billing/prices.ts';
import type { Metering } from '#server/domain/usage/metering.ts';
import { byInput, type MeteredEndpoint } from '../endpoint.ts';
import type { Stage } from '../pipeline.ts';
import { unwritten, withheld } from '../withheld.ts';
import type { WithRun } from './run-model.ts';

export interface WithReceipt<Input, Item, Output> extends WithRun<Input, Item, Output> {
  readonly inputUnits: number;
  readonly priceMicroUsd: number;
}

export interface SettleOptions {
  readonly metering: Metering;
  readonly holdMs: number;
}

/**
 * The usage row is durable before the answer leaves. If it can't be written the answer is withheld and nothing is
 * billed; a failure on our side is written with no units and no price.
 */
export function settle<Input, Item, Output>(
  endpoint: MeteredEndpoint<Input, Item, Output>,
  { metering, holdMs }: SettleOptions,
): Stage<WithRun<Input, Item, Output>, WithReceipt<Input, Item, Output>> {
  return {
    name: 'settle',
    async run(context) {
      const { run, model, admission } = context;
      const task = byInput(endpoint.task, context.input);
      const inputUnits =
        run.kind === 'answered'
          ? run.outputs.reduce((sum, output) => sum + endpoint.inputUnitsOf(output), 0)
          : 0;
      const price = priceMicroUsd(task, inputUnits, 0);
      const latencyMs = Math.round(performance.now() - context.startedAtMs);
      const outcome = await metering
        .settle(
          {
            requestId: context.requestId,
            keyId: context.key.id,
            epoch: admission.epoch,
            share: admission.share,
            task,
            modelVersion: model.runtime.model.version,
            statusClass: run.kind === 'answered' ? 2 : run.statusClass,
            inputUnits,
            outputUnits: 0,
            unit: prices[task].unit,
            priceMicroUsd: price,
            priceVersion,
            latencyMs,
          },
          Date.now() + Math.max(0, holdMs - latencyMs),
        )
        .catch((error: unknown) => {
          throw unwritten(error);
        });
      // A failed request has nothing to withhold: its own error is what the caller needs to see.
      if (run.kind === 'answered' && outcome !== 'settled') throw withheld(outcome);
      return Object.assign(context, { inputUnits, priceMicroUsd: price });
    },
  };
}
