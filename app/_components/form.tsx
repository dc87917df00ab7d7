'use client';
import { type ReactNode, useEffect, useRef, useState } from 'react';

interface FormProps {
  readonly className?: string;
  /** Of what was entered; a form that is not complete says what is missing beside each field. */
  readonly onSubmit: () => unknown;
  readonly children: ReactNode;
}

/** Sent as it is, its first field that is wrong has the focus. */
export function Form({ className, onSubmit, children }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    if (times > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [times]);
  return (
    <form
      ref={form}
      noValidate
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
        setTimes(times + 1);
      }}
    >
      {children}
    </form>
  );
}
