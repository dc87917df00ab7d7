import { ModelRuntimeError } from '../model-runtime.ts';

/** Why a model of the hub is not here, in a sentence for the operator. It never quotes a token. */
export class HubError extends ModelRuntimeError {
  override readonly name = 'ModelRuntimeError';
}
