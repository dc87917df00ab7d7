'use client';
import { type ComponentProps, useSyncExternalStore } from 'react';

const never = () => () => {};

/** Read-only until React is there: what is typed before would be mixed with the text that stands in it. */
export function TextArea(props: ComponentProps<'textarea'>) {
  const isThere = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return <textarea {...props} readOnly={!isThere || props.readOnly} />;
}
