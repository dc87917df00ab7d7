'use client';
import Link from 'next/link';
import { useState } from 'react';
import { CodeSample } from '../../../../_components/code-sample.tsx';
import { Slip } from '../../../../_components/slip.tsx';
import { exactMoney } from '../../../../_format/money.ts';
import type { PanelRun } from './call-of-panel.ts';
import { RawAnswer } from './raw-answer.tsx';
import { ReceiptDialog } from './receipt-dialog.tsx';

interface CallRailProps {
  readonly task: string;
  readonly panel: PanelRun;
  readonly slug: string;
}

const shownIdCharacters = 16;
const kept = [
  ['input kept', 'no'],
  ['output kept', 'no'],
] as const;

/** Beside the answer: what it cost, the request as code, and the answer as it came. */
export function CallRail({ task, panel: { call, code, stale, running }, slug }: CallRailProps) {
  const [receiptOf, setReceiptOf] = useState<string | null>(null);
  return (
    <div className="rail">
      <div className={stale && call ? 'opacity-50' : undefined}>
        {call ? (
          <Slip
            reference={<span title={call.id}>{call.id.slice(0, shownIdCharacters)}…</span>}
            lines={[...call.lines, ...kept]}
            sum={['charged', exactMoney(call.priceMicroUsd)]}
            footer={
              <>
                <button
                  type="button"
                  className="text-petrol underline underline-offset-3"
                  onClick={() => setReceiptOf(call.id)}
                >
                  Receipt
                </button>
                <Link href={`/w/${slug}/usage`}>Usage</Link>
              </>
            }
          />
        ) : (
          <Slip
            reference={running ? 'under way' : stale ? 'not answered whole' : 'not called yet'}
            lines={[['units', '—'], ['there and back', '—'], ...kept]}
            sum={['charged', '—']}
          />
        )}
      </div>
      <CodeSample label={`The request, ${task}`} variants={code} />
      {call && <RawAnswer raw={call.raw} stale={stale} />}
      {receiptOf && <ReceiptDialog id={receiptOf} onClose={() => setReceiptOf(null)} />}
    </div>
  );
}
