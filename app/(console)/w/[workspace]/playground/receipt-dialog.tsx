'use client';
import { useMemo } from 'react';
import { askReceipt } from '../../../../_calls/ask-receipt.ts';
import { CallRefusalNote } from '../../../../_calls/call-refusal-note.tsx';
import { useAsk } from '../../../../_calls/use-ask.ts';
import { Dialog } from '../../../../_components/dialog.tsx';
import { Slip } from '../../../../_components/slip.tsx';
import { Wait } from '../../../../_components/wait.tsx';
import { exactMoney } from '../../../../_format/money.ts';
import { count } from '../../../../_format/number.ts';
import { exactTime } from '../../../../_format/time.ts';

/** The row of the ledger that the call is billed by, read from the API like any other. */
export function ReceiptDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const question = useMemo(() => ({ id }), [id]);
  const { answer: receipt, refusal, asking } = useAsk({ question, ask: askReceipt, pauseMs: 0 });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Receipt"
      description={<code className="break-all">{`GET /v1/usage/receipts/${id}`}</code>}
      narrow
    >
      <div className="content">
        <CallRefusalNote refusal={refusal} />
        {asking && !receipt && <Wait>Asks the ledger</Wait>}
        {receipt && (
          <Slip
            title={receipt.task}
            reference={exactTime(new Date(receipt.created_at))}
            lines={[
              ['model', receipt.model_version],
              ['status', receipt.status],
              ['key', `${receipt.key_prefix}…`],
              [`${receipt.unit}s in`, count(receipt.input_units)],
              [`${receipt.unit}s out`, count(receipt.output_units)],
              ['units', count(receipt.units)],
              ['price list', count(receipt.price_version)],
              ['until settled', `${count(receipt.latency_ms)} ms`],
            ]}
            sum={['charged', exactMoney(receipt.price_micro_usd)]}
          />
        )}
      </div>
      <footer>
        <button type="button" className="btn edged" onClick={onClose}>
          Close
        </button>
      </footer>
    </Dialog>
  );
}
