import type { PricedTask } from '#server/domain/billing/prices.ts';
import { DomainError } from '#server/domain/errors.ts';
import type { MeteredEndpoint } from '../endpoint.ts';
import type { ServedModel } from '../models/served-model.ts';
import type { EmbeddingOptions } from './embedding-request.ts';

/** How inputs of one kind are embedded: what runs for one, what it costs, and what the answer says of it. */
export interface EmbeddedKind<Request, Item, Output>
  extends Pick<
    MeteredEndpoint<Request, Item, Output>,
    'modelOf' | 'itemsOf' | 'paramOf' | 'inputUnitsOf' | 'reply'
  > {
  readonly task: PricedTask;
}

/** A model that is served for its vectors. */
export interface ServedForEmbedding<Item, Output> extends ServedModel<Item, Output> {
  /** How long they are. */
  readonly dimensions: number;
}

/** Throws where a request asks this model for another length. */
export function expectDimensions(
  { runtime, dimensions }: ServedForEmbedding<never, unknown>,
  asked: EmbeddingOptions['dimensions'],
): void {
  if (asked == null || asked === dimensions) return;
  const { id } = runtime.model;
  const sentence = `The vectors of ${id} have ${dimensions} dimensions. Ask for ${dimensions}, or leave dimensions out.`;
  throw new DomainError('invalid_request', sentence, { param: 'dimensions' });
}
