'use client';
import type { DisabledBecause, EndpointItem } from '#server/domain/webhooks/schema.ts';
import { Note } from '../../../../../_components/note.tsx';
import { Ledger } from '../../../../../_components/slip.tsx';
import { calendarDate, exactTime } from '../../../../../_format/time.ts';
import { EndpointState } from '../endpoint-state.tsx';
import { LastTaken } from '../endpoint-table.tsx';

interface EndpointFactsProps {
  readonly endpoint: EndpointItem;
  readonly onEnable: (() => void) | undefined;
  readonly enabling: boolean;
}

const reasons = {
  member: 'A member disabled this endpoint. Nothing is sent to it.',
  gone: 'It answered 410 Gone, so we disabled it. Nothing is sent to it.',
  failing: 'It took no event for three days, so we disabled it. Nothing is sent to it.',
  backlog: 'Too many events waited for it, so we disabled it. Nothing is sent to it.',
} as const satisfies Record<DisabledBecause, string>;

export function EndpointFacts({ endpoint, onEnable, enabling }: EndpointFactsProps) {
  const { url, eventTypes, createdAt, lastDeliveredAt, previousSecretUntil, disabledBecause } = endpoint;
  return (
    <>
      {endpoint.disabledAt && (
        <div className="mb-4">
          <Note kind={disabledBecause === 'member' ? 'info' : 'warn'}>
            {reasons[disabledBecause ?? 'member']}{' '}
            {onEnable && (
              <button
                type="button"
                className="underline underline-offset-3"
                disabled={enabling}
                onClick={onEnable}
              >
                Enable it
              </button>
            )}
          </Note>
        </div>
      )}
      <Ledger
        className="max-w-2xl"
        lines={[
          [
            'Address',
            <code key="url" className="wrap-anywhere">
              {url}
            </code>,
          ],
          ['State', <EndpointState key="state" endpoint={endpoint} />],
          ['Events', eventTypes.join(', ')],
          ['Last taken', <LastTaken key="taken" at={lastDeliveredAt} />],
          ['Created', calendarDate(createdAt)],
          ...(previousSecretUntil
            ? ([['The old secret signs as well', `until ${exactTime(previousSecretUntil)}`]] as const)
            : []),
        ]}
      />
    </>
  );
}
