'use client';
import Link from 'next/link';
import type { EndpointItem } from '#server/domain/webhooks/schema.ts';
import { Ago } from '../../../../_components/ago.tsx';
import { Scroller } from '../../../../_components/scroller.tsx';
import { calendarDate } from '../../../../_format/time.ts';
import { EndpointState } from './endpoint-state.tsx';

interface EndpointListProps {
  readonly endpoints: readonly EndpointItem[];
  /** The address of the list. */
  readonly home: string;
}

export function EndpointTable({ endpoints, home }: EndpointListProps) {
  return (
    <Scroller className="mt-4 max-md:hidden" label="The endpoints">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col">State</th>
            <th scope="col">Events</th>
            <th scope="col">Last taken</th>
            <th scope="col">Created</th>
          </tr>
        </thead>
        <tbody>
          {endpoints.map((endpoint) => (
            <tr key={endpoint.id}>
              <th scope="row" className="long-name" title={endpoint.url}>
                <Link href={`${home}/${endpoint.id}`}>{endpoint.url}</Link>
              </th>
              <td>
                <EndpointState endpoint={endpoint} />
              </td>
              <td className="text-ink-2">{endpoint.eventTypes.join(', ')}</td>
              <td className="whitespace-nowrap">
                <LastTaken at={endpoint.lastDeliveredAt} />
              </td>
              <td className="text-ink-2 whitespace-nowrap">{calendarDate(endpoint.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

export function EndpointRows({ endpoints, home }: EndpointListProps) {
  return (
    <ul className="rows mt-4 md:hidden">
      {endpoints.map((endpoint) => (
        <li key={endpoint.id}>
          <Link href={`${home}/${endpoint.id}`} className="font-medium wrap-anywhere">
            {endpoint.url}
          </Link>
          <div className="line">
            <EndpointState endpoint={endpoint} />
            <span className="text-ink-2">
              taken: <LastTaken at={endpoint.lastDeliveredAt} />
            </span>
          </div>
          <div className="text-small text-ink-3">{endpoint.eventTypes.join(', ')}</div>
        </li>
      ))}
    </ul>
  );
}

export function LastTaken({ at }: { at: Date | null }) {
  return at ? <Ago at={at} /> : <span className="text-ink-3">never</span>;
}
