import Link from 'next/link';
import type { BatchItem } from '#server/domain/batches/schema.ts';
import { Ago } from '../../../../_components/ago.tsx';
import { Scroller } from '../../../../_components/scroller.tsx';
import { BatchProgress } from './batch-progress.tsx';
import { BatchState } from './batch-state.tsx';

interface BatchListProps {
  readonly batches: readonly BatchItem[];
  /** The address of the list. */
  readonly home: string;
}

export function BatchTable({ batches, home }: BatchListProps) {
  return (
    <Scroller className="mt-4 max-md:hidden" label="The batches">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Batch</th>
            <th scope="col">Status</th>
            <th scope="col">Endpoint</th>
            <th scope="col">Progress</th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>
          {batches.map((batch) => (
            <tr key={batch.id}>
              <th scope="row">
                <BatchLink batch={batch} home={home} />
              </th>
              <td>
                <BatchState status={batch.status} />
              </td>
              <td className="text-ink-2 whitespace-nowrap">{batch.endpoint}</td>
              <td className="w-72 !py-2">
                <BatchProgress batch={batch} />
              </td>
              <td className="text-ink-2 whitespace-nowrap">
                <Ago at={batch.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

export function BatchRows({ batches, home }: BatchListProps) {
  return (
    <ul className="rows mt-4 md:hidden">
      {batches.map((batch) => (
        <li key={batch.id}>
          <div className="line">
            <BatchLink batch={batch} home={home} />
            <BatchState status={batch.status} />
          </div>
          <BatchProgress batch={batch} />
          <div className="line text-small text-ink-3">
            <span>{batch.endpoint}</span>
            <Ago at={batch.createdAt} />
          </div>
        </li>
      ))}
    </ul>
  );
}

const shownCharacters = 'batch_'.length + 8;

/** Enough of the id to tell it by; the batch's own page has all of it. */
function BatchLink({ batch: { id }, home }: { batch: BatchItem; home: string }) {
  return (
    <Link href={`${home}/${id}`} title={id} className="font-medium whitespace-nowrap">
      <code>{id.length > shownCharacters ? `${id.slice(0, shownCharacters)}…` : id}</code>
    </Link>
  );
}
