import type { DisabledBecause, EndpointItem } from '#server/domain/webhooks/schema.ts';

const disabled = {
  member: { shape: 'st off', said: 'Disabled' },
  gone: { shape: 'st bad', said: 'Disabled: 410' },
  failing: { shape: 'st bad', said: 'Disabled: failing' },
  backlog: { shape: 'st bad', said: 'Disabled: too much waits' },
} as const satisfies Record<DisabledBecause, { shape: string; said: string }>;

export function EndpointState({ endpoint }: { endpoint: EndpointItem }) {
  if (!endpoint.disabledAt) return <span className="st">Enabled</span>;
  const { shape, said } = disabled[endpoint.disabledBecause ?? 'member'];
  return <span className={shape}>{said}</span>;
}
