import { priceMicroUsd, prices, priceVersion } from '#server/domain/billing/prices.ts';
import type { Assumed, Cost, SettleOutcome } from '#server/domain/usage/metering.ts';
import { byInput, type MeteredEndpoint } from '../endpoint.ts';
import { refusalToError } from '../errors/refusal-to-error.ts';
import { unwritten, withheld } from '../errors/withheld.ts';
import type { Stage } from '../pipeline.ts';
import { type AdmitOptions, askUntilDecided } from './admit.ts';
import type { WithRun } from './run-model.ts';

export interface WithReceipt<Input, Item, Output> extends WithRun<Input, Item, Output> {
  readonly inputUnits: number;
  readonly priceMicroUsd: number;
}

export interface SettleOptions
  extends Pick<AdmitOptions<never>, 'metering' | 'webUrl' | 'heldQuotaWaitMs' | 'linePlaces'> {
  readonly holdMs: number;
}

/**
 * The usage row is durable before the answer leaves. If it can't be written the answer is withheld and nothing is
 * billed; a failure on our side is written with no units and no price.
 */
export function settle<Input, Item, Output>(
  endpoint: MeteredEndpoint<Input, Item, Output>,
  options: SettleOptions,
): Stage<WithRun<Input, Item, Output>, WithReceipt<Input, Item, Output>> {
  const { metering, holdMs } = options;
  return {
    name: 'settle',
    async run(context) {
      const { run, model } = context;
      const task = byInput(endpoint.task, context.input);
      const inputUnits =
        run.kind === 'answered'
          ? run.outputs.reduce((sum, output) => sum + endpoint.inputUnitsOf(output), 0)
          : 0;
      const price = priceMicroUsd(task, inputUnits, 0);
      const latencyMs = Math.round(performance.now() - context.startedAtMs);
      const cost = {
        requestId: context.requestId,
        keyId: context.key.id,
        task,
        modelVersion: model.runtime.model.version,
        statusClass: run.kind === 'answered' ? 2 : run.statusClass,
        inputUnits,
        outputUnits: 0,
        unit: prices[task].unit,
        priceMicroUsd: price,
        priceVersion,
        latencyMs,
      } as const;
      const outcome = await write(context, cost, Date.now() + Math.max(0, holdMs - latencyMs));
      // A failed request has nothing to withhold: its own error is what the caller needs to see.
      if (run.kind === 'answered' && outcome !== 'settled') throw withheld(outcome);
      return Object.assign(context, { inputUnits, priceMicroUsd: price });
    },
  };

  function write(
    context: WithRun<Input, Item, Output>,
    cost: Cost,
    retryUntilMs: number,
  ): Promise<SettleOutcome> {
    const { admission } = context;
    if (admission.verdict === 'assumed') return writeAssumed(admission, context, cost, retryUntilMs);
    const { epoch, share } = admission;
    return metering.settle({ ...cost, epoch, share }, retryUntilMs).catch((error: unknown) => {
      throw unwritten(error);
    });
  }

  /** A refusal goes before what came of the run. */
  async function writeAssumed(
    assumed: Assumed,
    context: WithRun<Input, Item, Output>,
    cost: Cost,
    retryUntilMs: number,
  ): Promise<SettleOutcome> {
    const { asked, scope } = context;
    const how = { retryUntilMs, admit: () => askUntilDecided(asked, options, context) };
    const found = await metering.settleAssumed(assumed, cost, how).catch((error: unknown) => {
      throw unwritten(error);
    });
    scope.windows = found.windows;
    if (found.verdict !== 'valid') throw refusalToError(found, { ...asked, webUrl: options.webUrl });
    return found.outcome;
  }
}
