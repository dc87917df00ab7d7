'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { type AttemptItem, type DeliveryDetail, refusalSentences } from '#server/domain/webhooks/schema.ts';
import { CodeSample } from '../../../../../_components/code-sample.tsx';
import { Dialog } from '../../../../../_components/dialog.tsx';
import { RefusalNote } from '../../../../../_components/refusal-note.tsx';
import { ScrollingCode } from '../../../../../_components/scroller.tsx';
import { Ledger } from '../../../../../_components/slip.tsx';
import { Wait } from '../../../../../_components/wait.tsx';
import { count } from '../../../../../_format/number.ts';
import { exactTime } from '../../../../../_format/time.ts';
import { useRpc } from '../../../../../_trpc/client.ts';
import { attemptSaid, DeliveryState } from './delivery-state.tsx';

const listeningMs = 1_000;

interface DeliveryDialogProps {
  readonly workspaceId: string;
  readonly deliveryId: string;
  readonly mayReplay: boolean;
  readonly onReplayed: (deliveryId: string) => void;
  readonly onClose: () => void;
}

/** What was sent, each attempt and what was answered. */
export function DeliveryDialog({
  workspaceId,
  deliveryId,
  mayReplay,
  onReplayed,
  onClose,
}: DeliveryDialogProps) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const { data: delivery, error } = useQuery(
    rpc.webhook.delivery.queryOptions({ workspaceId, deliveryId }, { refetchInterval: listeningMs }),
  );
  const replay = useMutation(
    rpc.webhook.replay.mutationOptions({
      onSuccess: (replayed) => {
        onReplayed(replayed.deliveryId);
        return queryClient.invalidateQueries(rpc.webhook.deliveries.pathFilter());
      },
    }),
  );
  const failure = error ?? replay.error;
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={delivery?.type ?? 'Delivery'}>
      <div className="content grid gap-4">
        {!delivery && !error && <Wait>Looking it up.</Wait>}
        {delivery && <Detail delivery={delivery} />}
        {failure && <RefusalNote error={failure} />}
      </div>
      <footer>
        {mayReplay && delivery && delivery.status !== 'pending' && (
          <button
            type="button"
            className="btn edged"
            disabled={replay.isPending}
            onClick={() => replay.mutate({ workspaceId, deliveryId })}
          >
            <RotateCcw size={16} strokeWidth={1.5} aria-hidden />
            Send again
          </button>
        )}
        <button type="button" className="btn primary" onClick={onClose}>
          Close
        </button>
      </footer>
    </Dialog>
  );
}

function Detail({ delivery }: { delivery: DeliveryDetail }) {
  const { nextAttemptAt, attempts } = delivery;
  return (
    <>
      <Ledger
        lines={[
          ['State', <DeliveryState key="state" delivery={delivery} />],
          [
            'Event',
            <code key="id" className="wrap-anywhere">
              {delivery.eventId}
            </code>,
          ],
          [delivery.isReplay ? 'Sent again' : 'Since', exactTime(delivery.createdAt)],
          ...(nextAttemptAt && attempts.length > 0
            ? ([['Next attempt', exactTime(nextAttemptAt)]] as const)
            : []),
        ]}
      />
      <section aria-label="Body">
        <CodeSample
          label="The body"
          variants={[{ name: 'body', code: JSON.stringify(JSON.parse(delivery.payload), null, 2) }]}
        />
      </section>
      <section aria-label="Attempts">
        <h3 className="label mb-1">Attempts</h3>
        {attempts.length === 0 && delivery.status === 'pending' && <Wait>On its way.</Wait>}
        {attempts.length === 0 && delivery.status !== 'pending' && (
          <p className="text-dense text-ink-2">None was made.</p>
        )}
        <ol className="rows" reversed>
          {attempts.map((attempt) => (
            <Attempt key={attempt.number} attempt={attempt} />
          ))}
        </ol>
      </section>
    </>
  );
}

function Attempt({ attempt }: { attempt: AttemptItem }) {
  const { number, at, durationMs, outcome, statusCode, answer } = attempt;
  const taken = statusCode !== null && statusCode >= 200 && statusCode < 300;
  return (
    <li>
      <div className="line">
        <span className={taken ? 'st' : 'st bad'}>
          {number}. {attemptSaid(attempt)}
        </span>
        <span className="text-ink-2">
          {exactTime(at)}, {count(durationMs)} ms
        </span>
      </div>
      {outcome !== 'answered' && <p className="text-ink-2">{refusalSentences[outcome]}</p>}
      {answer && (
        <div className="code">
          <ScrollingCode label={`What was answered to attempt ${number}`} className="max-h-40">
            {answer}
          </ScrollingCode>
        </div>
      )}
    </li>
  );
}
