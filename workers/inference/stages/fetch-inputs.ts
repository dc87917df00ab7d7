import type { FetchInputs } from '../endpoint.ts';
import { statusClassOf } from '../error-to-response.ts';
import type { Stage } from '../pipeline.ts';
import type { WithAdmission } from './admit.ts';
import type { FailedRun } from './run-model.ts';

export interface WithInputs<Input> extends WithAdmission<Input> {
  /** Not thrown: the hold has to be settled, as after a model's failure. */
  readonly fetchFailure?: FailedRun;
}

/**
 * After `admit`, so that nobody without a key, a rate and a quota makes us call anybody; its time counts against the
 * workspace's requests at once.
 */
export function fetchInputs<Input>(
  fetch: FetchInputs<Input>,
): Stage<WithAdmission<Input>, WithInputs<Input>> {
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
