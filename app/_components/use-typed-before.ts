'use client';
import { type ChangeEvent, type InputHTMLAttributes, useEffect, useRef } from 'react';

/** Of a box that React controls: what was typed before React was there, or filled in by the browser, was told to nobody. */
export function useTypedBefore(
  id: string,
  { value, onChange }: Pick<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'>,
): void {
  const first = useRef({ value, onChange });
  useEffect(() => {
    const box = document.getElementById(id);
    if (!(box instanceof HTMLInputElement) || first.current.value === undefined) return;
    if (box.value === String(first.current.value)) return;
    first.current.onChange?.({ target: box, currentTarget: box } as ChangeEvent<HTMLInputElement>);
  }, [id]);
}
