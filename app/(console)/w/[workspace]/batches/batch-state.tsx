import type { BatchStatus } from '#server/domain/batches/schema.ts';

const shapes = {
  validating: { shape: 'st warn', said: 'Validating' },
  in_progress: { shape: 'st warn', said: 'In progress' },
  finalizing: { shape: 'st warn', said: 'Finalizing' },
  cancelling: { shape: 'st warn', said: 'Cancelling' },
  completed: { shape: 'st', said: 'Completed' },
  failed: { shape: 'st bad', said: 'Failed' },
  expired: { shape: 'st bad', said: 'Expired' },
  cancelled: { shape: 'st off', said: 'Cancelled' },
} as const satisfies Record<BatchStatus, { shape: string; said: string }>;

export function BatchState({ status }: { status: BatchStatus }) {
  const { shape, said } = shapes[status];
  return <span className={shape}>{said}</span>;
}
