'use client';
import { useInfiniteQuery } from '@tanstack/react-query';
import {
  type DeliveryItem,
  type DeliveryPage,
  type DeliveryStatus,
  deliveryStatuses,
} from '#server/domain/webhooks/schema.ts';
import { Ago } from '../../../../../_components/ago.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { Scroller } from '../../../../../_components/scroller.tsx';
import { useUrlParam } from '../../../../../_components/use-url-param.ts';
import { exactTime } from '../../../../../_format/time.ts';
import { useRpc } from '../../../../../_trpc/client.ts';
import { attemptSaid, DeliveryState, statusName } from './delivery-state.tsx';

const listeningMs = 2_000;

interface DeliveryLogProps {
  readonly workspaceId: string;
  readonly endpointId: string;
  readonly initial: DeliveryPage;
  /** Asks for nothing new. */
  readonly paused: boolean;
  readonly onShow: (deliveryId: string) => void;
}

export function DeliveryLog({ workspaceId, endpointId, initial, paused, onShow }: DeliveryLogProps) {
  const rpc = useRpc();
  const [shownStatus, setStatus] = useUrlParam('status');
  const status = deliveryStatuses.find((each) => each === shownStatus);
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    rpc.webhook.deliveries.infiniteQueryOptions(
      { workspaceId, endpointId, status },
      {
        getNextPageParam: ({ items, hasMore }) => (hasMore ? items.at(-1)?.id : undefined),
        ...(!status && { initialData: { pages: [initial], pageParams: [null] } }),
        refetchInterval: paused ? false : listeningMs,
      },
    ),
  );
  const deliveries = data?.pages.flatMap(({ items }) => items);
  const list = { deliveries: deliveries ?? [], onShow };

  return (
    <>
      <div className="sec flex-wrap">
        <h2>Deliveries</h2>
        <StatusFilter status={status} onChange={setStatus} />
      </div>
      {error && <RefusalNote error={error} />}
      {deliveries && deliveries.length === 0 && (
        <p className="border-line-2 border-y py-8">
          {status
            ? 'No delivery with this state in the last 30 days.'
            : 'No deliveries yet. Send a test event: it appears here within seconds.'}
        </p>
      )}
      {deliveries && deliveries.length > 0 && (
        <>
          <DeliveryTable {...list} />
          <DeliveryRows {...list} />
        </>
      )}
      {hasNextPage && (
        <button
          type="button"
          className="btn edged mt-4"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          Load 50 more
        </button>
      )}
      <p className="help mt-3">Kept for 30 days. The newest first.</p>
    </>
  );
}

interface StatusFilterProps {
  readonly status: DeliveryStatus | undefined;
  readonly onChange: (status: string | null) => void;
}

function StatusFilter({ status, onChange }: StatusFilterProps) {
  return (
    <select
      className="input quiet ml-auto !w-auto"
      aria-label="State"
      value={status ?? ''}
      onChange={(event) => onChange(event.target.value || null)}
    >
      <option value="">Every state</option>
      {deliveryStatuses.map((each) => (
        <option key={each} value={each}>
          {statusName(each)}
        </option>
      ))}
    </select>
  );
}

interface DeliveryListProps {
  readonly deliveries: readonly DeliveryItem[];
  readonly onShow: (deliveryId: string) => void;
}

function DeliveryTable({ deliveries, onShow }: DeliveryListProps) {
  return (
    <Scroller className="max-md:hidden" label="Deliveries">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">State</th>
            <th scope="col">Last answer</th>
            <th scope="col" className="num">
              Attempts
            </th>
            <th scope="col">Next attempt</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr key={delivery.id}>
              <th scope="row">
                <EventName delivery={delivery} onShow={onShow} />
              </th>
              <td>
                <DeliveryState delivery={delivery} />
              </td>
              <td className="text-ink-2">{lastAnswer(delivery)}</td>
              <td className="num">{delivery.attemptCount}</td>
              <td className="text-ink-2 whitespace-nowrap">{nextAttempt(delivery)}</td>
              <td className="text-ink-2 whitespace-nowrap">
                <Ago at={delivery.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

function DeliveryRows({ deliveries, onShow }: DeliveryListProps) {
  return (
    <ul className="rows md:hidden">
      {deliveries.map((delivery) => (
        <li key={delivery.id}>
          <div className="line">
            <EventName delivery={delivery} onShow={onShow} />
            <DeliveryState delivery={delivery} />
          </div>
          <div className="line text-small text-ink-3">
            <span>{lastAnswer(delivery)}</span>
            <Ago at={delivery.createdAt} />
          </div>
        </li>
      ))}
    </ul>
  );
}

function EventName({ delivery, onShow }: { delivery: DeliveryItem } & Pick<DeliveryListProps, 'onShow'>) {
  return (
    <>
      <button
        type="button"
        className="text-petrol font-medium underline underline-offset-3"
        onClick={() => onShow(delivery.id)}
      >
        <code>{delivery.type}</code>
      </button>
      {delivery.isReplay && <span className="text-ink-3 ml-2 font-normal">sent again</span>}
    </>
  );
}

function lastAnswer({ lastAttempt }: DeliveryItem): string {
  return lastAttempt ? attemptSaid(lastAttempt) : 'none yet';
}

function nextAttempt({ nextAttemptAt, attemptCount }: DeliveryItem): string {
  return nextAttemptAt && attemptCount > 0 ? exactTime(nextAttemptAt) : '';
}
