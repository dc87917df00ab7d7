'use client';
import { useId } from 'react';
import { Field } from './field.tsx';

interface BudgetFieldProps {
  readonly usd: string;
  readonly isHard: boolean;
  readonly error?: string | undefined;
  readonly readOnly?: boolean;
  readonly onChange: (budget: { usd: string; isHard: boolean }) => void;
}

/** Dollars a month, and what happens when they are spent. Empty: none. */
export function BudgetField({ usd, isHard, error, readOnly = false, onChange }: BudgetFieldProps) {
  const name = useId();
  return (
    <Field
      label="Budget, US dollars a month"
      inputMode="decimal"
      placeholder="none"
      autoComplete="off"
      value={usd}
      readOnly={readOnly}
      error={error}
      help="Owners and admins get a mail at 50, 80 and 100 %."
      onChange={(event) => onChange({ usd: event.target.value, isHard })}
      below={
        usd.trim() !== '' && (
          <fieldset className="text-dense my-1 grid gap-1" disabled={readOnly}>
            <legend className="sr-only">When it is spent</legend>
            {[
              { hard: true, words: 'Hard: calls that it does not cover are refused' },
              { hard: false, words: 'Soft: calls go on, and are billed' },
            ].map(({ hard, words }) => (
              <label key={words} className="flex min-h-7 items-center gap-2">
                <input
                  type="radio"
                  name={name}
                  className="size-4 shrink-0 accent-(--petrol)"
                  checked={isHard === hard}
                  onChange={() => onChange({ usd, isHard: hard })}
                />
                {words}
              </label>
            ))}
          </fieldset>
        )
      }
    />
  );
}
