'use client';
import { Search } from 'lucide-react';
import { useId } from 'react';
import { useTypedBefore } from './use-typed-before.ts';

interface SearchBoxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Narrows the list below it down as it is typed in. */
export function SearchBox({ label, placeholder, value, onChange }: SearchBoxProps) {
  const input = {
    id: useId(),
    value,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => onChange(event.target.value),
  };
  useTypedBefore(input.id, input);
  return (
    <div className="input quiet max-md:w-full md:w-64">
      <Search size={16} strokeWidth={1.5} aria-hidden />
      <input type="search" aria-label={label} placeholder={placeholder} {...input} />
    </div>
  );
}
