import { DomainError } from '#server/domain/errors.ts';
import {
  GenerationQueueFullError,
  type GenerationRefusal,
  GenerationRefusedError,
} from '#workers/model-runtime/text-generator.ts';

/** LangChain and LiteLLM tell this error from others by its words, and then cut or send it elsewhere. */
const beyondContext = 'The prompt is too long: it exceeds the context window.';

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
  switch (refusal.refused) {
    case 'unknown_token':
      return new DomainError('invalid_request', `The model has no token ${refusal.token}.`, {
        param: 'logit_bias',
      });
    case 'unsupported': {
      const { field } = refusal;
      const param = field === 'prompt' || field === 'messages' ? promptParam : field;
      return new DomainError('invalid_request', `This model does not take ${param}.`, { param });
    }
    case 'template':
      return new DomainError(
        'invalid_request',
        'The chat template of this model does not take these messages: it may know no system message, or want user and assistant in turn, the user first.',
        { param: promptParam },
      );
    case 'content_policy':
      return new DomainError(
        'content_policy_violation',
        'The prompt asks for what this service does not write about. Change it; /acceptable-use says what is allowed.',
        { param: promptParam },
      );
    case 'by_engine':
      return new DomainError(
        'invalid_request',
        'The engine of this model refuses the request. Send it without what it may not know, such as response_format or logit_bias.',
      );
    case 'prompt_too_long':
      return new DomainError(
        'input_too_long',
        `${beyondContext} With an answer, the model has room for ${refusal.contextTokens} tokens. Shorten it.`,
        { param: promptParam },
      );
    case 'input_too_long': {
      const { tokens, contextTokens } = refusal;
      return new DomainError(
        'input_too_long',
        `${beyondContext} It has ${tokens} tokens; with an answer, the model has room for ${contextTokens}. Shorten it, or send truncate: true to cut its beginning.`,
        { param: promptParam },
      );
    }
  }
}
