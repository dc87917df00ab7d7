import { type BatchDetail, isOpen } from '#server/domain/batches/schema.ts';
import { CopyButton } from '../../../../../_components/copy-button.tsx';
import { Ledger, type SlipLine } from '../../../../../_components/slip.tsx';
import { count } from '../../../../../_format/number.ts';
import { exactTime } from '../../../../../_format/time.ts';
import { BatchProgress } from '../batch-progress.tsx';
import { BatchState } from '../batch-state.tsx';

export function BatchFacts({ batch }: { batch: BatchDetail }) {
  return (
    <>
      <p className="mb-3 flex flex-wrap items-center gap-x-2">
        <code className="wrap-anywhere">{batch.id}</code>
        <CopyButton text={batch.id} label="Copy the id" bare />
      </p>
      <div className="mb-5 max-w-2xl">
        <BatchProgress batch={batch} />
      </div>
      <div className="grid max-w-5xl gap-x-12 md:grid-cols-2">
        <Ledger lines={factsOf(batch)} />
        <Ledger lines={timesOf(batch)} />
      </div>
    </>
  );
}

function factsOf(batch: BatchDetail): readonly SlipLine[] {
  const { status, endpoint, total, completed, failed, keyName, metadata } = batch;
  return [
    ['Status', <BatchState key="status" status={status} />],
    ['Endpoint', <code key="endpoint">{endpoint}</code>],
    ['Key', keyName ?? 'no longer there'],
    ...(total === 0
      ? []
      : ([
          ['Lines', count(total)],
          ['Completed', count(completed)],
          ['Failed', count(failed)],
        ] as const)),
    ...Object.entries(metadata).map(
      ([name, value]): SlipLine => [
        <code key="name" className="wrap-anywhere">
          {name}
        </code>,
        <code key="value" className="wrap-anywhere">
          {value}
        </code>,
      ],
    ),
  ];
}

function timesOf(batch: BatchDetail): readonly SlipLine[] {
  const { createdAt, inProgressAt, finalizingAt, cancellingAt, endedAt, expiresAt } = batch;
  const times: readonly (readonly [string, Date | null])[] = [
    ['Created', createdAt],
    ['Begun', inProgressAt],
    ['Cancelled', cancellingAt],
    ['Files begun', finalizingAt],
    ['Ended', endedAt],
    ['Expires', isOpen(batch) ? expiresAt : null],
  ];
  return times.flatMap(([name, at]) => (at ? [[name, exactTime(at)] as const] : []));
}
