'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SessionItem } from '#server/domain/sessions/schema.ts';
import { Ago } from '../../_components/ago.tsx';
import { Dialog } from '../../_components/dialog.tsx';
import { RefusalNote } from '../../_components/refusal-note.tsx';
import { calendarDate } from '../../_format/time.ts';
import { useRpc } from '../../_trpc/client.ts';
import { leave } from '../_shell/leave.ts';
import { deviceOf } from './device.ts';

export function Sessions({ initial }: { initial: readonly SessionItem[] }) {
  const rpc = useRpc();
  const queryClient = useQueryClient();
  const [endingOthers, setEndingOthers] = useState(false);
  const { data: sessions } = useQuery(
    rpc.session.list.queryOptions(undefined, { initialData: [...initial] }),
  );
  const refresh = () => queryClient.invalidateQueries(rpc.session.list.queryFilter());
  const revoke = useMutation(rpc.session.revoke.mutationOptions({ onSuccess: refresh }));
  const revokeOthers = useMutation(
    rpc.session.revokeOthers.mutationOptions({
      onSuccess: () => {
        setEndingOthers(false);
        return refresh();
      },
    }),
  );
  const others = sessions.filter((session) => !session.current);

  return (
    <>
      <div className="sec">
        <h2>Sessions</h2>
        {others.length > 0 && (
          <span className="end">
            <button type="button" className="btn danger" onClick={() => setEndingOthers(true)}>
              End all others…
            </button>
          </span>
        )}
      </div>
      {revoke.error && <RefusalNote error={revoke.error} />}
      <ul className="rows" aria-label="Sessions">
        {sessions.map((session) => (
          <li key={session.id}>
            <div className="line">
              <span title={session.userAgent}>
                <b className="font-medium">{deviceOf(session.userAgent)}</b>
                {session.current && <span className="st ml-3">this one</span>}
              </span>
              <button
                type="button"
                className="btn edged"
                aria-label={
                  session.current ? 'Sign out here' : `End the session on ${deviceOf(session.userAgent)}`
                }
                disabled={revoke.isPending}
                onClick={() => (session.current ? void leave() : revoke.mutate({ sessionId: session.id }))}
              >
                {session.current ? 'Sign out' : 'End'}
              </button>
            </div>
            <div className="text-small text-ink-3">
              seen <Ago at={session.lastSeenAt} /> · since {calendarDate(session.createdAt)}
            </div>
          </li>
        ))}
      </ul>
      <p className="help mt-2">
        A session that is ended is refused at its next request. API keys are not touched.
      </p>
      <Dialog
        open={endingOthers}
        onOpenChange={setEndingOthers}
        title={`End ${others.length} other ${others.length === 1 ? 'session' : 'sessions'}?`}
        description="They are signed out at their next request. This one stays; API keys go on working."
        narrow
      >
        {revokeOthers.error && (
          <div className="content">
            <RefusalNote error={revokeOthers.error} />
          </div>
        )}
        <footer className="mt-4">
          <button type="button" className="btn" onClick={() => setEndingOthers(false)}>
            Keep them
          </button>
          <button
            type="button"
            className="btn destroy"
            disabled={revokeOthers.isPending}
            onClick={() => revokeOthers.mutate()}
          >
            End sessions
          </button>
        </footer>
      </Dialog>
    </>
  );
}
