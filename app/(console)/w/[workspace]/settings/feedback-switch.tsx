'use client';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { FeedbackSetting } from '#server/domain/feedback/schema.ts';
import { feedbackLimits } from '#server/domain/rate-limits/schema.ts';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { count } from '../../../../_format/number.ts';
import { useRpc } from '../../../../_trpc/client.ts';
import { StopFeedbackDialog } from './stop-feedback-dialog.tsx';

interface FeedbackSwitchProps {
  readonly workspaceId: string;
  readonly setting: FeedbackSetting;
  readonly mayManage: boolean;
}

export function FeedbackSwitch({ workspaceId, setting: initial, mayManage }: FeedbackSwitchProps) {
  const rpc = useRpc();
  const [setting, setSetting] = useState(initial);
  const [asked, setAsked] = useState(false);
  const change = useMutation(rpc.workspace.switchFeedback.mutationOptions({ onSuccess: setSetting }));
  const { keepsFeedback, kept } = setting;

  return (
    <div className="grid gap-3">
      <p>
        {keepsFeedback ? (
          <>
            <strong>On.</strong> {count(kept)} kept.
          </>
        ) : (
          <>
            <strong>Off.</strong> Nothing is kept, and calls of <code>/v1/feedback</code> are refused.
          </>
        )}
      </p>
      <p className="text-ink-2">
        On, the label or the text that your app sends to <Link href="/docs/feedback">/v1/feedback</Link> is
        stored with the id of the request, for {feedbackLimits.keptDays} days. What was asked and what was
        answered are not stored, and no model is trained on it. Switching it off deletes all of it at once.
      </p>
      {change.error && !asked && <RefusalNote error={change.error} />}
      {mayManage ? (
        <div>
          <button
            type="button"
            className={keepsFeedback ? 'btn danger' : 'btn edged'}
            disabled={change.isPending}
            onClick={() =>
              keepsFeedback ? setAsked(true) : change.mutate({ workspaceId, keepsFeedback: true })
            }
          >
            {labelOf(setting)}
          </button>
        </div>
      ) : (
        <p className="text-ink-3">Owners and admins can switch it.</p>
      )}
      {asked && (
        <StopFeedbackDialog
          kept={kept}
          error={change.error}
          pending={change.isPending}
          onStop={() =>
            change.mutate({ workspaceId, keepsFeedback: false }, { onSuccess: () => setAsked(false) })
          }
          onClose={() => setAsked(false)}
        />
      )}
    </div>
  );
}

function labelOf({ keepsFeedback, kept }: FeedbackSetting): string {
  if (!keepsFeedback) return 'Keep feedback';
  return kept > 0 ? `Stop, and delete ${count(kept)}…` : 'Stop keeping feedback…';
}
