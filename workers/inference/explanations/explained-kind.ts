import type { ApiKeyScope } from '#server/domain/api-keys/scopes.ts';
import type { PricedTask } from '#server/domain/billing/prices.ts';
import type { FollowUp, MeteredEndpoint } from '../endpoint.ts';

/** How inputs of one kind are explained: what runs for one, what it costs, and what is made of the outputs. */
export interface ExplainedKind<Request, Item, Output>
  extends Pick<
    MeteredEndpoint<Request, Item, Output>,
    'modelOf' | 'itemsOf' | 'paramOf' | 'inputUnitsOf' | 'reply'
  > {
  readonly scope: ApiKeyScope;
  readonly task: PricedTask;
  readonly followUps: readonly FollowUp<Request, Item, Output>[];
}
