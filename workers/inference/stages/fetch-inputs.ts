import type { Assumed } from '#server/domain/usage/metering.ts';
import type { FetchInputs } from '../endpoint.ts';
import { statusClassOf } from '../errors/error-to-response.ts';
import type { Stage } from '../pipeline.ts';
import type { Admitted, WithAdmission } from './admit.ts';
import type { FailedRun } from './run-model.ts';

/** Whether it is let through may be decided with what it cost. */
export type AdmittedOrAssumed<Input> = WithAdmission<Input, Admitted | Assumed>;

export interface WithInputs<Input> extends AdmittedOrAssumed<Input> {
  /** Not thrown: the hold has to be settled, as after a model's failure. */
  readonly fetchFailure?: FailedRun;
}

/**
 * After `admit`, so that nobody without a key, a rate and a quota makes us call anybody; its time counts against the
 * workspace's requests at once.
 */
export function fetchInputs<Input>(
  fetch: FetchInputs<Input>,
): Stage<AdmittedOrAssumed<Input>, WithInputs<Input>> {
  return {
    name: 'fetchInputs',
    async run(context) {
      try {
        return Object.assign(context, { input: await fetch(context.input, context) });
      } catch (error) {
        const statusClass = context.departure.aborted ? 4 : statusClassOf(error);
        const fetchFailure = { kind: 'failed', statusClass, error } as const;
        return Object.assign(context, { fetchFailure });
      }
    },
  };
}
