'use client';
import Link from 'next/link';
import { useState } from 'react';
import { requestLimits } from '#server/domain/rate-limits/schema.ts';
import { CallRefusalNote } from '../../../../_calls/call-refusal-note.tsx';
import { Note } from '../../../../_components/note.tsx';
import { TextArea } from '../../../../_components/text-area.tsx';
import { Wait } from '../../../../_components/wait.tsx';
import { ReceiptDialog } from './receipt-dialog.tsx';
import { Samples } from './samples.tsx';
import type { ChatTurn, ConversationState } from './use-conversation.ts';

const prompts = [
  ['A lighthouse', 'Write two sentences about a lighthouse.'],
  ['A rainy day', 'Name three things to do on a rainy day.'],
  ['A ledger', 'Explain what a ledger is to a child.'],
] as const;
const who = { user: 'You', assistant: 'Model' } as const;

export function Conversation({ state }: { state: ConversationState }) {
  const { turns, soFar, asked, draft, setDraft, clear } = state;
  const [receiptOf, setReceiptOf] = useState<string | null>(null);
  return (
    <div className="conversation min-w-0">
      <div className="sec first">
        <h2>Conversation</h2>
        {turns.length > 0 && (
          <span className="end">
            <button type="button" className="text-petrol underline underline-offset-3" onClick={clear}>
              Begin anew
            </button>
          </span>
        )}
      </div>
      {turns.length === 0 && (
        <p className="text-ink-2 mb-4">
          What you write is answered piece by piece; what was said goes with the next question. The model is
          small, and knows little of the world. <Link href="/docs/text">The reference</Link>
        </p>
      )}
      <ol className="turns" aria-label="What was said">
        {turns.map((turn, index) => (
          <Turn key={index} turn={turn} onReceipt={setReceiptOf} />
        ))}
        {soFar && (
          <li className="assistant" aria-busy="true">
            <b>{who.assistant}</b>
            {soFar.text === '' ? <Wait>Begins</Wait> : <p>{soFar.text}</p>}
          </li>
        )}
      </ol>
      <output className="sr-only">
        {!asked.asking && turns.at(-1)?.role === 'assistant' && 'Answered.'}
      </output>
      <CallRefusalNote refusal={asked.refusal} />
      <label className="label" htmlFor="message">
        Your message
      </label>
      <TextArea
        id="message"
        className="input area mt-1"
        rows={3}
        maxLength={requestLimits.textCharactersMax}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
      />
      <Samples samples={prompts.map(([name, text]) => ({ name, choose: () => setDraft(text) }))} />
      {receiptOf && <ReceiptDialog id={receiptOf} onClose={() => setReceiptOf(null)} />}
    </div>
  );
}

function Turn({ turn, onReceipt }: { turn: ChatTurn; onReceipt: (id: string) => void }) {
  const { role, content, ending, requestId } = turn;
  return (
    <li className={role}>
      <b>{who[role]}</b>
      <p>{content}</p>
      {ending === 'length' && <p className="text-small text-ink-3">Cut short: max tokens, or the context.</p>}
      {ending === 'content_filter' && (
        <Note kind="warn">
          Ended by the safety policy. <Link href="/docs/text#safety">What it is</Link>
        </Note>
      )}
      {ending === 'stopped' && (
        <p className="text-small text-ink-3">
          Stopped. What was written until then is charged.{' '}
          {requestId && (
            <button
              type="button"
              className="text-petrol underline underline-offset-3"
              onClick={() => onReceipt(requestId)}
            >
              Receipt
            </button>
          )}
        </p>
      )}
    </li>
  );
}
