'use client';
import { CircleAlert } from 'lucide-react';
import { type InputHTMLAttributes, type ReactNode, type Ref, useId } from 'react';
import { useTypedBefore } from './use-typed-before.ts';

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly help?: ReactNode;
  /** Replaces the help. */
  readonly error?: string | undefined;
  /** Beside the label, at its end. */
  readonly aside?: ReactNode;
  /** Inside the box, after the text. */
  readonly end?: ReactNode;
  readonly below?: ReactNode;
  readonly ref?: Ref<HTMLInputElement>;
}

export function Field({ label, help, error, aside, end, below, ...input }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  useTypedBefore(id, input);
  return (
    <div className="field">
      <div className="flex justify-between gap-3">
        <label className="label" htmlFor={id}>
          {label}
        </label>
        {aside && <span className="text-dense">{aside}</span>}
      </div>
      <div className="input">
        <input
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={help || error ? noteId : undefined}
          {...input}
        />
        {end}
      </div>
      {below}
      <FieldNote id={noteId} help={help} error={error} />
    </div>
  );
}

interface FieldNoteProps {
  readonly id: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
}

export function FieldNote({ id, help, error }: FieldNoteProps) {
  return (
    <div id={id} aria-live="polite">
      {error && (
        <p className="field-error">
          <CircleAlert size={14} strokeWidth={1.5} aria-hidden />
          <span>{error}</span>
        </p>
      )}
      {!error && help && <p className="help">{help}</p>}
    </div>
  );
}
