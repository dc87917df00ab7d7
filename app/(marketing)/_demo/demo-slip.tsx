'use client';
import { Slip } from '../../_components/slip.tsx';
import { exactMoney } from '../../_format/money.ts';
import { count, plural } from '../../_format/number.ts';
import type { DemoAnswer } from './ask-sentiment.ts';

const shownIdCharacters = 16;

interface DemoSlipProps {
  readonly answer: DemoAnswer | null;
  readonly label?: string;
}

export function DemoSlip({ answer, label = 'Slip' }: DemoSlipProps) {
  if (!answer) {
    return (
      <Slip
        label={label}
        reference="not called yet"
        lines={[
          ['texts', '—'],
          ['tokens', '—'],
          ['there and back', '—'],
          ['input kept', 'no'],
          ['output kept', 'no'],
        ]}
        sum={['charged', '—']}
      />
    );
  }
  const { id, model, texts, usage, roundTripMs } = answer;
  return (
    <Slip
      label={label}
      reference={<span title={id}>{id.slice(0, shownIdCharacters)}…</span>}
      lines={[
        [model, plural(texts, 'text')],
        [plural(usage.input_tokens, 'token'), plural(usage.units, 'unit')],
        ['there and back', `${count(roundTripMs)} ms`],
        ['input kept', 'no'],
        ['output kept', 'no'],
      ]}
      sum={['charged', exactMoney(usage.price_micro_usd)]}
    />
  );
}
