import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '#server/domain/errors.ts';
import { pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type Admission,
  type AdmitRequest,
  DatabaseAwayError,
  type Metering,
  QueueFullError,
} from '#server/domain/usage/metering.ts';
import { byInput, type Endpoint } from '../endpoint.ts';
import type { Stage } from '../pipeline.ts';
import { refusalToError } from '../refusal-to-error.ts';
import type { WithClaim } from './claim-key.ts';
import type { WithName } from './name-request.ts';

export interface WithAdmission<Input> extends WithClaim<Input>, WithName<Input> {
  readonly admission: Extract<Admission, { verdict: 'valid' }>;
  /** What was asked for it. */
  readonly asked: AdmitRequest;
}

export interface CostBounds {
  readonly unitsMin: number;
  readonly unitsMax: number;
  readonly microUsdMax: number;
}

export interface AdmitOptions<Input> {
  readonly metering: Metering;
  readonly webUrl: string;
  readonly heldQuotaWaitMs?: number;
  /** What it holds is shared with no other request. */
  readonly ownHold?: boolean;
  costOf(input: Input): CostBounds;
  /** The id of the model that runs. Left out: none does. */
  modelOf?(input: Input): string;
}

/** It is checked and counted, and holds nothing. */
export const free: CostBounds = { unitsMin: 0, unitsMax: 0, microUsdMax: 0 };

const askAgainFirstMs = 10;
const askAgainLongestMs = 200;

/** Fails closed: without an answer of the database nobody gets in. */
export function admit<Input>(
  endpoint: Endpoint<Input>,
  {
    metering,
    webUrl,
    costOf,
    modelOf,
    heldQuotaWaitMs = pipelineLimits.heldQuotaWaitMs,
    ownHold = false,
  }: AdmitOptions<Input>,
): Stage<WithClaim<Input>, WithAdmission<Input>> {
  return {
    name: 'admit',
    async run(context) {
      const { refuse } = context;
      const { unitsMin, unitsMax, microUsdMax } = refuse ? free : costOf(context.input);
      const scope = byInput(endpoint.scope, context.input);
      const request: AdmitRequest = {
        requestId: context.requestId,
        keyId: context.key.id,
        keyHash: context.key.hash,
        scope,
        model: modelOf?.(context.input) ?? '',
        address: context.wholeAddress(),
        origin: context.foreignOrigin(),
        unitsMin,
        unitsMax,
        microUsdMax,
        counted: context.line !== undefined,
        ownHold,
      };
      let admission = await ask(request);
      const waitUntilMs = performance.now() + heldQuotaWaitMs;
      // The rest of the quota is held by requests in flight: what they do not use is given back when they settle.
      for (let waitMs = askAgainFirstMs; admission.verdict === 'quota_held'; waitMs *= 2) {
        if (performance.now() >= waitUntilMs) break;
        await pause(Math.min(waitMs, askAgainLongestMs), undefined, { signal: context.signal });
        admission = await ask({ ...request, counted: true });
      }
      context.scope.windows = admission.windows;
      if (admission.verdict !== 'valid') throw refusalToError(admission, { ...request, webUrl });
      context.scope.workspaceId = admission.workspaceId;
      if (refuse) throw await refuse(admission.workspaceId);
      return Object.assign(context, { admission, asked: request });

      async function ask(question: AdmitRequest): Promise<Admission> {
        try {
          return await metering.admit(question, context.departure);
        } catch (error) {
          throw toRefusal(error);
        }
      }
    },
  };
}

/** Whether the same request would be let through to that model. Counts and holds nothing. */
export async function mayCall(
  asked: AdmitRequest,
  model: string,
  { metering, webUrl }: Pick<AdmitOptions<unknown>, 'metering' | 'webUrl'>,
): Promise<boolean> {
  const about = { ...asked, model, unitsMin: 0, unitsMax: 0, microUsdMax: 0, counted: true };
  const found = await metering.admit(about).catch((error: unknown) => {
    throw toRefusal(error);
  });
  if (found.verdict === 'valid') return true;
  if (found.verdict === 'model_not_allowed') return false;
  throw refusalToError(found, { ...about, webUrl });
}

function toRefusal(error: unknown): unknown {
  if (error instanceof QueueFullError) {
    return new DomainError('overloaded', 'Too many requests are waiting. Try again.', {
      retryAfterMs: 1_000,
    });
  }
  if (error instanceof DatabaseAwayError) {
    return new DomainError('database_unavailable', 'Keys can not be checked at the moment. Try again.', {
      retryAfterMs: 1_000,
      cause: error,
    });
  }
  return error;
}
