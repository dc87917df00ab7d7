import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '#server/domain/errors.ts';
import { pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type Admission,
  type AdmitRequest,
  type Assumed,
  DatabaseAwayError,
  type Metering,
  QueueFullError,
} from '#server/domain/usage/metering.ts';
import type { LinePlaces } from '../batches/line-places.ts';
import { byInput, type Endpoint } from '../endpoint.ts';
import { refusalToError } from '../errors/refusal-to-error.ts';
import type { Stage } from '../pipeline.ts';
import type { Received } from '../request-scope.ts';
import type { WithClaim } from './claim-key.ts';
import type { WithName } from './name-request.ts';

export interface WithAdmission<Input, Found = Admitted> extends WithClaim<Input>, WithName<Input> {
  readonly admission: Found;
  /** What was asked for it. */
  readonly asked: AdmitRequest;
}

export type Admitted = Extract<Admission, { verdict: 'valid' }>;

export interface CostBounds {
  /** One for each item that costs anything. */
  readonly unitsMin: number;
  readonly unitsMax: number;
  readonly microUsdMax: number;
}

export interface AdmitOptions<Input> {
  readonly metering: Metering;
  readonly webUrl: string;
  readonly heldQuotaWaitMs?: number;
  /** Left out: no batches run here. */
  readonly linePlaces?: LinePlaces;
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
  options: AdmitOptions<Input>,
): Stage<WithClaim<Input>, WithAdmission<Input>> {
  return {
    name: 'admit',
    run: (context) => admitted(context, toQuestion(endpoint, context, options), options),
  };
}

/**
 * The same, but a short request whose like was let through a moment ago runs without having asked. `settle` asks for it
 * with what it cost, and its answer leaves only if it is let through.
 */
export function admitOrAssume<Input>(
  endpoint: Endpoint<Input>,
  options: AdmitOptions<Input> & { mayAssume(input: Input): boolean },
): Stage<WithClaim<Input>, WithAdmission<Input, Admitted | Assumed>> {
  return {
    name: 'admit',
    run(context) {
      const asked = toQuestion(endpoint, context, options);
      // Batches have time, and what is only refused needs no model.
      const isShort = asked.unitsMin <= pipelineLimits.assumedItemsMax && options.mayAssume(context.input);
      const asks = context.line || context.refuse || !isShort;
      const admission = asks ? null : options.metering.assume(asked);
      if (!admission) return admitted(context, asked, options);
      context.scope.workspaceId = admission.workspaceId;
      return Object.assign(context, { admission, asked });
    },
  };
}

/** Asks until it is decided: what is held by others, or the place of a batch's line, may become free. */
export async function askUntilDecided(
  request: AdmitRequest,
  {
    metering,
    heldQuotaWaitMs = pipelineLimits.heldQuotaWaitMs,
    linePlaces,
  }: Pick<AdmitOptions<never>, 'metering' | 'heldQuotaWaitMs' | 'linePlaces'>,
  caller: Pick<Received, 'signal' | 'departure' | 'line'>,
): Promise<Admission> {
  let admission = await ask(request);
  const again = { ...request, counted: request.counted === null ? null : true };
  const waitUntilMs = performance.now() + heldQuotaWaitMs;
  // The rest of the quota is held by requests in flight: what they do not use is given back when they settle.
  for (let waitMs = askAgainFirstMs; admission.verdict === 'quota_held'; waitMs *= 2) {
    if (performance.now() >= waitUntilMs) break;
    await pause(Math.min(waitMs, askAgainLongestMs), undefined, { signal: caller.signal });
    admission = await ask(again);
  }
  if (admission.verdict === 'concurrency_limited' && !caller.line)
    return askForPlaceOfLine(admission, waitUntilMs);
  return admission;

  /** Batches use what is left: where their lines have the places, the next one that is given back is the call's. */
  async function askForPlaceOfLine(refused: Admission, untilMs: number): Promise<Admission> {
    const wanted = refused.workspaceId ? linePlaces?.wantOne(refused.workspaceId) : null;
    if (!wanted) return refused;
    try {
      let found = refused;
      while (found.verdict === 'concurrency_limited') {
        if (!(await wanted.freed({ untilMs, signal: caller.signal }))) break;
        found = await ask(again);
      }
      return found;
    } finally {
      wanted.leave();
    }
  }

  async function ask(question: AdmitRequest): Promise<Admission> {
    try {
      return await metering.admit(question, caller.departure);
    } catch (error) {
      throw toRefusal(error);
    }
  }
}

function toQuestion<Input>(
  endpoint: Endpoint<Input>,
  context: WithClaim<Input>,
  { costOf, modelOf, ownHold = false }: AdmitOptions<Input>,
): AdmitRequest {
  const { unitsMin, unitsMax, microUsdMax } = context.refuse ? free : costOf(context.input);
  return {
    requestId: context.requestId,
    keyId: context.key.id,
    keyHash: context.key.hash,
    scope: byInput(endpoint.scope, context.input),
    model: modelOf?.(context.input) ?? '',
    address: context.wholeAddress(),
    origin: context.foreignOrigin(),
    unitsMin,
    unitsMax,
    microUsdMax,
    // Of a batch's line nothing is counted.
    counted: context.line ? null : false,
    ownHold,
  };
}

async function admitted<Input>(
  context: WithClaim<Input>,
  asked: AdmitRequest,
  options: AdmitOptions<Input>,
): Promise<WithAdmission<Input>> {
  const admission = await askUntilDecided(asked, options, context);
  context.scope.windows = admission.windows;
  if (admission.verdict !== 'valid') throw refusalToError(admission, { ...asked, webUrl: options.webUrl });
  context.scope.workspaceId = admission.workspaceId;
  if (context.refuse) throw await context.refuse(admission.workspaceId);
  return Object.assign(context, { admission, asked });
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
