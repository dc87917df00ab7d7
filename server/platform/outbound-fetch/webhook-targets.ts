import type { WebhookTargets } from '#server/domain/webhooks/webhook-targets.ts';
import { developmentNetwork } from './development-network.ts';
import { publicWeb } from './read-target.ts';
import { targetRefusal } from './target-refusal.ts';

/** The public web over TLS; where an operator develops, whatever their machine reaches. */
export function webhookTargets({ privateAddresses }: { readonly privateAddresses: boolean }): WebhookTargets {
  const policy = privateAddresses ? developmentNetwork.policy : publicWeb;
  return { httpsOnly: !privateAddresses, refusalOf: (url) => targetRefusal(url, policy) };
}
