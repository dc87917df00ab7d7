'use client';
import { type ReactNode, useId } from 'react';
import { FieldNote } from './field.tsx';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly name: ReactNode;
}

interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Value>[];
  readonly chosen: readonly Value[];
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly disabled?: boolean;
  readonly onChange: (chosen: Value[]) => void;
}

/** Any number of several. */
export function Choices<Value extends string>(props: ChoicesProps<Value>) {
  const { label, choices, chosen, help, error, disabled, onChange } = props;
  const id = useId();
  function toggle(value: Value, on: boolean) {
    onChange(
      choices.map((choice) => choice.value).filter((each) => (each === value ? on : chosen.includes(each))),
    );
  }
  return (
    <fieldset className="field" aria-describedby={id} disabled={disabled}>
      <legend className="label mb-1">{label}</legend>
      <div className="grid grid-cols-2 gap-x-4 max-md:gap-y-1">
        {choices.map(({ value, name }) => (
          <label key={value} className="text-dense flex min-h-7 items-center gap-2">
            <input
              type="checkbox"
              className="size-4 shrink-0 accent-(--petrol)"
              checked={chosen.includes(value)}
              aria-invalid={error ? true : undefined}
              onChange={(event) => toggle(value, event.target.checked)}
            />
            <span className="min-w-0">{name}</span>
          </label>
        ))}
      </div>
      <FieldNote id={id} help={help} error={error} />
    </fieldset>
  );
}
