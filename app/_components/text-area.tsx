'use client';
import type { ComponentProps } from 'react';
import { useIsThere } from './use-is-there.ts';

/** Read-only until React is there: what is typed before would be mixed with the text that stands in it. */
export function TextArea(props: ComponentProps<'textarea'>) {
  const isThere = useIsThere();
  return <textarea {...props} readOnly={!isThere || props.readOnly} />;
}
