'use client';
import { type ReactNode, useId } from 'react';
import { FieldNote } from './field.tsx';

interface LinesFieldProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly value: string;
  readonly readOnly?: boolean;
  readonly onChange: (value: string) => void;
}

/** A list, one entry a line. */
export function LinesField({ label, help, error, value, onChange, ...rest }: LinesFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className="input !block py-2 font-mono"
        rows={3}
        spellCheck={false}
        value={value}
        aria-invalid={error ? true : undefined}
        aria-describedby={`${id}-note`}
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      />
      <FieldNote id={`${id}-note`} help={help} error={error} />
    </div>
  );
}
