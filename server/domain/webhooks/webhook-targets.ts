import type { FetchRefusal } from '#server/platform/outbound-fetch/fetch-outcome.ts';
import { DomainError } from '../errors.ts';
import { refusalSentences } from './schema.ts';

/** Which addresses the operator lets us call. */
export interface WebhookTargets {
  /** False only where an operator lets private addresses be called, to develop. */
  readonly httpsOnly: boolean;
  /** What can be said of a URL without a look-up; each delivery checks where it leads. */
  refusalOf(url: string): FetchRefusal | null;
}

/** The URL in its normal form, or a refusal. */
export function readEndpointUrl(targets: WebhookTargets, text: string): string {
  const reason = targets.refusalOf(text);
  if (reason) throw refused(reason);
  const url = new URL(text);
  if (targets.httpsOnly && url.protocol !== 'https:') throw refused('scheme');
  url.hash = '';
  return url.href;
}

function refused(reason: FetchRefusal): DomainError {
  return new DomainError('invalid_request', refusalSentences[reason], { param: 'url' });
}

/** What an audit log may say of a URL: paths and queries may hold a token. */
export function hostOfUrl(url: string): string {
  return new URL(url).host;
}
