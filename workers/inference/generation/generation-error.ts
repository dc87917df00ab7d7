import { DomainError } from '#server/domain/errors.ts';
import {
  GenerationQueueFullError,
  type GenerationRefusal,
  GenerationRefusedError,
} from '#workers/model-runtime/text-generator.ts';

/** What went wrong with a generation, said to whoever asked for it. `promptParam` names the prompt. */
export function generationError(error: unknown, promptParam: string): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof GenerationRefusedError) return refusalError(error.refusal, promptParam);
  if (error instanceof GenerationQueueFullError) {
    return new DomainError('overloaded', 'Too much waits for the model. Try again.', { retryAfterMs: 1_000 });
  }
  return new DomainError('model_unavailable', 'The model failed to answer. Try again.', {
    retryAfterMs: 1_000,
    cause: error,
  });
}

function refusalError(refusal: GenerationRefusal, promptParam: string): DomainError {
  if (refusal.refused === 'unknown_token') {
    return new DomainError('invalid_request', `The model has no token ${refusal.token}.`, {
      param: 'logit_bias',
    });
  }
  if (refusal.refused === 'content_policy') {
    return new DomainError(
      'content_policy_violation',
      'The prompt asks for what this service does not write about. Change it; /acceptable-use says what is allowed.',
      { param: promptParam },
    );
  }
  const { tokens, contextTokens } = refusal;
  return new DomainError(
    'input_too_long',
    `The prompt has ${tokens} tokens; with an answer, the model has room for ${contextTokens}. Shorten it, or send truncate: true to cut its beginning.`,
    { param: promptParam },
  );
}
