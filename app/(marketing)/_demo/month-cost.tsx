'use client';
import Link from 'next/link';
import { useState } from 'react';
import { plans, prices } from '#server/domain/billing/schema.ts';
import { Rule } from '../../_components/rule.tsx';
import { Ledger } from '../../_components/slip.tsx';
import { money } from '../../_format/money.ts';
import { count, plural, short } from '../../_format/number.ts';
import { useSharedDemo } from './demo-context.tsx';
import { planFor, textsAt } from './plan-for.ts';

/** The scale is logarithmic: from a thousand texts to a thousand million. */
const decades = { from: 3, to: 9 } as const;
const positions = 60;

export function MonthCost() {
  const { answer } = useSharedDemo();
  const [position, setPosition] = useState(24);
  const texts = textsAt(position / positions, decades);
  const unitsEach = answer ? Math.max(1, Math.round(answer.usage.units / answer.texts)) : null;
  const marks = Array.from({ length: decades.to - decades.from + 1 }, (_, index) =>
    short(10 ** (decades.from + index)),
  );

  return (
    <div className="two">
      <div>
        <p className="text-ink-2" id="texts-a-month">
          Texts a month: <b className="text-ink">{count(texts)}</b>
        </p>
        <div className="mt-3.5">
          <Rule label={null} kind="cursor" value={(position / positions) * 100} graduations={30}>
            <input
              className="rule-input"
              type="range"
              min={0}
              max={positions}
              value={position}
              aria-labelledby="texts-a-month"
              aria-valuetext={`${count(texts)} texts`}
              onChange={(event) => setPosition(Number(event.target.value))}
            />
          </Rule>
          <div className="scale" aria-hidden="true">
            {marks.map((mark) => (
              <span key={mark}>{mark}</span>
            ))}
          </div>
        </div>
        <p className="text-dense text-ink-3 mt-4">
          {unitsEach
            ? `Texts like those of the call above: ${plural(unitsEach, 'unit')} each, counted. One unit is one token that was read.`
            : 'The units of a text are counted in the call above.'}
        </p>
      </div>
      {unitsEach && <Costs texts={texts} unitsEach={unitsEach} />}
    </div>
  );
}

function Costs({ texts, unitsEach }: { texts: number; unitsEach: number }) {
  const units = texts * unitsEach;
  const usageMicroUsd = units * prices.sentiment.microUsdPerInputUnit;
  const planId = planFor(units);
  const plan = planId && plans[planId];
  const perMillion = money(prices.sentiment.microUsdPerInputUnit * 1_000_000);
  return (
    <div>
      <Ledger
        lines={[
          [`${count(texts)} texts × ${plural(unitsEach, 'unit')}`, `${short(units)} units`],
          [`${short(units)} at ${perMillion} per million`, money(usageMicroUsd)],
          plan
            ? [`${plan.name}, up to ${short(plan.quotaUnits)} units`, money(plan.priceMicroUsdPerMonth)]
            : ['A plan for this', 'none yet'],
        ]}
        {...(plan && { sum: ['A month', money(usageMicroUsd + plan.priceMicroUsdPerMonth)] as const })}
      />
      <p className="text-dense text-ink-3 mt-3">
        Metered to the unit. No payment is taken yet. <Link href="/pricing">Plans</Link>
      </p>
    </div>
  );
}
