import type { AttemptItem, DeliveryItem, DeliveryStatus } from '#server/domain/webhooks/schema.ts';

const shapes = {
  pending: { shape: 'st warn', said: 'Waiting' },
  delivered: { shape: 'st', said: 'Taken' },
  failed: { shape: 'st bad', said: 'Failed' },
  canceled: { shape: 'st off', said: 'Cancelled' },
} as const satisfies Record<DeliveryStatus, { shape: string; said: string }>;

export const statusName = (status: DeliveryStatus): string => shapes[status].said;

export function DeliveryState({ delivery }: { delivery: DeliveryItem }) {
  const { shape, said } = shapes[delivery.status];
  const fresh = delivery.status === 'pending' && delivery.attemptCount === 0;
  return <span className={shape}>{fresh ? 'On its way' : said}</span>;
}

const outcomeNames = {
  answered: 'answered',
  malformed: 'no whole URL',
  scheme: 'no https',
  credentials: 'has a password',
  port: 'another port',
  not_public: 'no public address',
  unreachable: 'unreachable',
  too_slow: 'no answer in time',
  status: 'no status',
  too_many_redirects: 'redirects',
  too_large: 'too large',
  cut_short: 'cut short',
} as const satisfies Record<AttemptItem['outcome'], string>;

/** The status that was answered, or why there is none. */
export function attemptSaid({ outcome, statusCode }: Pick<AttemptItem, 'outcome' | 'statusCode'>): string {
  return statusCode === null ? outcomeNames[outcome] : String(statusCode);
}
